/** What the page's script takes from the library. The library's own modules run in the page, so that its numbers are the library's. */
export { startBrowserBackend } from '../../engine/browser/browserEngine';
export { imageOfPicture, seenOf } from './pageImage';
export { loadPageNetwork } from './pageNetwork';
