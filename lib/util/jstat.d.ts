/** What the library uses of jstat, which comes without types. */
declare module 'jstat' {
  export const jStat: {
    readonly studentt: {
      /** The value below which a variable of Student's t with `dof` degrees of freedom lies with probability `p`. */
      inv(p: number, dof: number): number;
    };
    readonly noncentralt: {
      /** The probability that a variable of the noncentral t distribution lies below `x`. */
      cdf(x: number, dof: number, noncentrality: number): number;
    };
  };
}
