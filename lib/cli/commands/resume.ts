import type { Command } from 'commander';
export function addResume(program: Command): void {
  void program;
}
