import type { Command } from 'commander';
export function addTrain(program: Command): void {
  void program;
}
