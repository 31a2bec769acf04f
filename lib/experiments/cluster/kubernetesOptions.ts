/** What a user says of the cluster that a Job is for. Imports nothing: the help of the command line names the settings. */

/** Where and on what. */
export interface KubernetesOptions {
  /** With `iekd` on its path. */
  readonly image: string;
  /** Name of a PersistentVolumeClaim that all pods can write to (ReadWriteMany): runs, results and data are in it. */
  readonly claim: string;
  /** Where it is mounted; default `/data`. */
  readonly mount?: string;
  readonly namespace?: string;
  /** Pods at a time; default 10. */
  readonly parallel?: number | string;
  /** Of a pod: `4`, `8Gi`; a GPU is one of `nvidia.com/gpu`. */
  readonly cpus?: number | string;
  readonly memory?: string;
  readonly gpus?: number | string;
}

/** Their names. */
export const KUBERNETES_SETTINGS = ['image', 'claim', 'mount', 'namespace', 'parallel', 'cpus', 'memory', 'gpus'] as const;
