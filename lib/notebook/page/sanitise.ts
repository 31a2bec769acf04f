/**
 * HTML that may stand in a page: of every element and attribute only what is on a list is kept. It is the second of two walls;
 * the first is the page's content security policy, under which no script runs and nothing is loaded.
 */

/** What is read of a DOM node. */
interface DomNode {
  readonly nodeType: number;
  readonly childNodes: ArrayLike<DomNode>;
  remove(): void;
  replaceWith(...nodes: DomNode[]): void;
}

interface DomElement extends DomNode {
  readonly tagName: string;
  readonly attributes: ArrayLike<{ readonly name: string; readonly value: string }>;
  innerHTML: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
}

interface Jsdom {
  JSDOM: new (html: string) => { readonly window: { readonly document: { createElement(tag: string): DomElement } } };
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/));

const ELEMENTS = words(`
  a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins
  kbd li mark ol p pre q s small span strong sub summary sup table tbody td tfoot th thead tr u ul
  svg g path rect circle ellipse line polyline polygon text tspan
  math mrow mi mo mn mtext mspace msub msup msubsup mfrac msqrt mover munder munderover mtable mtr mtd`);

/** Removed with all that is in them; other unknown elements leave what is in them. */
const WITH_CONTENT = words(
  'script style iframe object embed template noscript head title textarea select svg-style foreignobject',
);

const ATTRIBUTES = words(`
  align alt class colspan dir height href id lang rowspan scope src start style title width
  cx cy d display fill fill-opacity font-family font-size font-weight mathvariant points r rx ry stroke stroke-dasharray
  stroke-linejoin stroke-opacity stroke-width text-anchor transform viewbox x x1 x2 xmlns y y1 y2`);

const LINK = /^(https?:|mailto:|#|[^:]*$)/i;
const PICTURE = /^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i;
/** Styles that load something, or lay themselves over the page. */
const BAD_STYLE = /url\s*\(|image-set|expression|@|\\|position\s*:\s*(fixed|sticky)/i;

let scratch: DomElement | undefined;

/**
 * @param html from a notebook
 * @param picture what an image's `src` becomes where it is not a data URI already; undefined leaves the image without a picture
 */
export function sanitiseHtml(html: string, picture: (src: string) => string | undefined = () => undefined): string {
  const { JSDOM } = require('jsdom') as Jsdom;
  scratch ??= new JSDOM('').window.document.createElement('div');
  scratch.innerHTML = html;
  for (const child of Array.from(scratch.childNodes)) clean(child, picture);
  const safe = scratch.innerHTML;
  scratch.innerHTML = '';
  return safe;
}

const isElement = (node: DomNode): node is DomElement => node.nodeType === 1;
const TEXT = 3;

function clean(node: DomNode, picture: (src: string) => string | undefined): void {
  if (!isElement(node)) {
    if (node.nodeType !== TEXT) node.remove();
    return;
  }
  const tag = node.tagName.toLowerCase();
  if (WITH_CONTENT.has(tag)) {
    node.remove();
    return;
  }
  for (const child of Array.from(node.childNodes)) clean(child, picture);
  if (!ELEMENTS.has(tag)) {
    node.replaceWith(...Array.from(node.childNodes));
    return;
  }
  for (const { name, value } of Array.from(node.attributes)) cleanAttribute(node, name, value, picture);
}

function cleanAttribute(element: DomElement, name: string, value: string, picture: (src: string) => string | undefined): void {
  const key = name.toLowerCase();
  if (key === 'src') {
    const source = PICTURE.test(value) ? value : picture(value);
    if (source !== undefined && PICTURE.test(source)) element.setAttribute(name, source);
    else element.removeAttribute(name);
    return;
  }
  const bad = !ATTRIBUTES.has(key) || (key === 'href' && !LINK.test(plain(value))) || (key === 'style' && BAD_STYLE.test(value));
  if (bad) element.removeAttribute(name);
}

/** Browsers leave out white space and control characters when they read a link's scheme. */
function plain(link: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return link.replace(/[\u0000-\u0020\u007f]/g, '');
}
