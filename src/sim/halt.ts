/** Thrown by a process that cannot go on, after it has called `Simulator.stop`: the run ends there. */
export class Halt extends Error {
  override name = 'Halt';
}
