/**
 * HTML that may stand in a page: of every element and attribute only what is on a list is kept. It is the second of two walls;
 * the first is the page's content security policy, under which no script runs and nothing is loaded. DOMPurify filters; what
 * pictures, links and styles may be is said here.
 */

interface Attribute {
  /** In lower case. */
  readonly attrName: string;
  attrValue: string;
  keepAttr: boolean;
}

type Hook = (element: unknown, attribute: Attribute) => void;

/** What is used of DOMPurify, whose own types need those of a browser. */
interface Purifier {
  sanitize(html: string, options: Readonly<Record<string, unknown>>): string;
  addHook(name: 'uponSanitizeAttribute', hook: Hook): void;
  removeHook(name: 'uponSanitizeAttribute', hook: Hook): void;
}

interface Jsdom {
  JSDOM: new (html: string) => { readonly window: object };
}

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

const ELEMENTS = words(`
  a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins
  kbd li mark ol p pre q s small span strong sub summary sup table tbody td tfoot th thead tr u ul
  svg g path rect circle ellipse line polyline polygon text tspan
  math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup
  mtable mtd mtext mtr munder munderover`);

/** Removed with all that is in them; other unknown elements leave what is in them. */
const WITH_CONTENT = words('script style iframe object embed template noscript head title textarea select foreignobject');

const ATTRIBUTES = words(`
  align alt class colspan dir height href id lang rowspan scope src start style title width
  cx cy d fill fill-opacity font-family font-size font-weight points r rx ry stroke stroke-dasharray
  stroke-linejoin stroke-opacity stroke-width text-anchor transform viewbox x x1 x2 xmlns y y1 y2
  accent columnalign columnlines columnspacing depth display displaystyle fence form frame largeop linethickness lspace mathvariant
  maxsize minsize movablelimits notation rowlines rowspacing rspace scriptlevel separator stretchy symmetric voffset`);

const LINK = /^(https?:|mailto:|#|[^:]*$)/i;
const PICTURE = /^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i;
/** Styles that load something, or lay themselves over the page. */
const BAD_STYLE = /url\s*\(|image-set|expression|@|\\|position\s*:\s*(fixed|sticky)/i;

const OPTIONS = {
  ALLOWED_TAGS: ELEMENTS,
  ALLOWED_ATTR: ATTRIBUTES,
  FORBID_CONTENTS: WITH_CONTENT,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: LINK,
  FORCE_BODY: true, // else an element that may stand in a head, at the very beginning, would be read as one
  SANITIZE_DOM: false, // no script of the page asks for elements by the names that headings give them ("title", "links")
};

let purifier: Purifier | undefined;

/**
 * @param html from a notebook
 * @param picture what an image's `src` becomes where it is not a data URI already; undefined leaves the image without a picture
 */
export function sanitiseHtml(html: string, picture: (src: string) => string | undefined = () => undefined): string {
  purifier ??= load();
  const hook: Hook = (_, attribute) => checkAttribute(attribute, picture);
  purifier.addHook('uponSanitizeAttribute', hook);
  try {
    return purifier.sanitize(html, OPTIONS);
  } finally {
    purifier.removeHook('uponSanitizeAttribute', hook);
  }
}

function load(): Purifier {
  const { JSDOM } = require('jsdom') as Jsdom;
  const purify = require('dompurify') as (window: object) => Purifier;
  return purify(new JSDOM('').window);
}

function checkAttribute(attribute: Attribute, picture: (src: string) => string | undefined): void {
  const { attrName, attrValue } = attribute;
  if (attrName === 'style' && BAD_STYLE.test(attrValue)) attribute.keepAttr = false;
  if (attrName !== 'src') return;
  const source = PICTURE.test(attrValue) ? attrValue : picture(attrValue);
  if (source !== undefined && PICTURE.test(source)) attribute.attrValue = source;
  else attribute.keepAttr = false;
}
