/** What `trainer.js` exports, which `iekd demo --train` writes beside this page (moduleScript.ts). */
export const library: typeof import('../page/trainer');
