import { clear } from './list.ts';
import { EXIT, type Op } from './op.ts';

/**
 * Anything that can be stepped: it is resumed with the value of its last step and answers with the
 * next one, or {@link EXIT}. Generators are one form, compiled code another; nothing outside this
 * folder assumes either.
 */
export interface Process {
  resume(value: number): Op;
}

/** The generator form: yields steps, receives their values, returns a `T`. */
export type Steps<T = void> = Generator<Op, T, number>;

/**
 * The next() that all generators inherit. Each generator function has a prototype of its own, so that a call by
 * name would look it up each time.
 */
const { next } = Object.getPrototypeOf(function* (): Steps {}).prototype as Steps<unknown>;

/** Resumes generators: {@link next} with its receiver. */
export function proceed<T>(steps: Steps<T>, value: number): IteratorResult<Op, T> {
  return next.call(steps, value) as IteratorResult<Op, T>;
}

/** What `yield*` takes, beside {@link Steps}: a few steps that are not worth a generator. */
export type Sequence = Iterable<Op, void, number>;

/** What {@link call} gives to yield: no step, but a word to {@link Calls}. */
const CALL: Op = -1;

/** What is called; {@link Calls} take it up as soon as a generator has yielded. */
let callee: Steps<unknown> | null = null;

/**
 * `yield call(f())` is `yield* f()` for whoever is run by {@link Calls}, as tasks and interrupt handlers are, and a
 * matter of speed alone: with `yield*` each step of `f` is handed down and its op handed up through every caller, here
 * `f` is resumed directly. It pays for all that takes more than two steps. `f` returns a number, or nothing.
 */
export function call(steps: Steps<unknown>): Op {
  callee = steps;
  return CALL;
}

/** A generator that runs, and those that wait for its return. */
export class Calls {
  private steps: Steps<unknown> | null = null;
  private readonly callers: Steps<unknown>[] = [];
  /** What the outermost generator has returned, if it is a number. */
  result = 0;

  /** Begins anew, with `steps`, at its first {@link resume}. */
  begin(steps: Steps<unknown>): void {
    clear(this.callers);
    this.steps = steps;
  }

  /** The next step, or {@link EXIT} once the outermost generator has returned. */
  resume(value: number): Op {
    const result = proceed(this.steps!, value);
    return result.done !== true && result.value !== CALL ? result.value : this.follow(result);
  }

  /** What ran has returned, or calls something: goes on with its caller, or with that, to the next step. */
  private follow(first: IteratorResult<Op, unknown>): Op {
    const { callers } = this;
    for (let result = first; ;) {
      if (result.done === true) {
        const value = typeof result.value === 'number' ? result.value : 0;
        const caller = callers.pop();
        if (caller === undefined) {
          this.result = value;
          return EXIT;
        }
        this.steps = caller;
        result = proceed(caller, value);
      } else if (result.value === CALL) {
        callers.push(this.steps!);
        this.steps = callee!;
        result = proceed(this.steps, 0);
      } else {
        return result.value;
      }
    }
  }
}

/** Makes a process of a generator function; starts anew at each {@link GeneratorProcess.start}. */
export class GeneratorProcess implements Process {
  private readonly body: () => Steps<unknown>;
  private readonly calls = new Calls();

  constructor(body: () => Steps<unknown>) {
    this.body = body;
    this.start();
  }

  start(): void {
    this.calls.begin(this.body());
  }

  resume(value: number): Op {
    return this.calls.resume(value);
  }
}
