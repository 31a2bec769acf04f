import type { Command } from 'commander';
export function addEvaluate(program: Command): void {
  void program;
}
