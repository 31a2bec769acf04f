/** What `library.js` exports, which `iekd demo` writes beside this page (moduleScript.ts). */
export const library: typeof import('../page/pageLibrary');
