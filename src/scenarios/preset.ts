import { Narrow, type NarrowAnswer } from './draws.ts';
import { UsageError, type BuildOptions, type Parameter, type Report, type Scenario, type Settings, type System } from './system.ts';

/** One thing in which a system differs from the nominal one, and why: a parameter within its bounds. */
export interface Condition {
  readonly name: string;
  readonly value: number | string;
  /** The value as people read it; default: the value. */
  readonly shown?: string;
  readonly why: string;
}

/** A named system that is a wide one with less left open. */
export interface Preset {
  readonly name: string;
  readonly text: string;
  /** Raised by hand when its conditions or answers change. */
  readonly model: number;
  readonly defaultDriver: string;
  readonly conditions: readonly Condition[];
  /**
   * Answers to the questions of workload and configuration that are not nominal, by label; all others are answered
   * nominally, so that only schedules are left to search. Undefined: the hunt draws them all, as in the wide scenario.
   */
  readonly answers?: Readonly<Record<string, NarrowAnswer>>;
  readonly report?: Omit<Report, 'conditions'>;
}

/** The scenario that a preset of `wide` is. What the user sets takes precedence over its conditions. */
export function presetOf(wide: Scenario, preset: Preset): Scenario {
  const { name, text, model, defaultDriver, conditions, answers, report } = preset;
  const settings: Settings = Object.fromEntries(conditions.map((condition) => [condition.name, condition.value]));
  const narrow = answers === undefined ? undefined : new Narrow(answers);
  const whole = (options: BuildOptions): BuildOptions => ({
    ...options, driver: options.driver ?? defaultDriver, settings: { ...settings, ...options.settings }, ...(narrow === undefined ? {} : { narrow }),
  });
  return {
    ...wide,
    name,
    text,
    model,
    defaultDriver,
    parameters: wide.parameters.map((parameter) => withDefault(parameter, conditions)),
    ...(report === undefined ? {} : {
      report: { ...report, conditions: conditions.map(({ name: parameter, value, shown, why }) => `${parameter}=${shown ?? value}: ${why}`) },
    }),

    /** A driver that is not named is the preset's. */
    wholeDriver(driver: string): string {
      const given = driver.split(',').map(idOf);
      const known = new Set(wide.drivers.map(idOf));
      // With the preset's own beside it, what was typed would be named in one with that.
      const unknown = driver.split(',').find((named) => !known.has(idOf(named)));
      if (unknown !== undefined) throw new UsageError(`unknown driver "${unknown}": scenario ${name} knows ${wide.drivers.join(', ')}`);
      const rest = defaultDriver.split(',').filter((named) => !given.includes(idOf(named)));
      return wide.wholeDriver([driver, ...rest].join(','));
    },

    build(options: BuildOptions): System {
      return wide.build(whole(options));
    },

    models(options: BuildOptions): Readonly<Record<string, number>> {
      return { ...wide.models(whole(options)), [`scenario ${name}`]: model };
    },
  };
}

function idOf(driver: string): string {
  return driver.split('@')[0];
}

/** The parameter with the preset's value for its default, if it has one. */
function withDefault(parameter: Parameter, conditions: readonly Condition[]): Parameter {
  const condition = conditions.find(({ name }) => name === parameter.name);
  return condition === undefined ? parameter : { ...parameter, default: condition.value, text: `${parameter.text.replace(/; drawn.*$/, '')}. Here: ${condition.why}` };
}
