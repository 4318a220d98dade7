import { APB_PARAMETERS, I2C_PARAMETERS } from '../hw/index.ts';
import { hardwareParameters } from './bmc-parameters.ts';
import type { Parameter } from './system.ts';

/** Where host and BMC meet. */
export const I2C_BUS: Parameter = {
  name: 'bus', default: 5, min: 0, max: 13, confidence: 'C', source: 'judgement: boards differ',
  text: 'I2C bus of the BMC on which the host is the controller',
};

/** The hardware of a system whose host talks over I2C: the LPC side of its AST2500 is there, and idle. */
export const I2C_HARDWARE: readonly Parameter[] = hardwareParameters([...I2C_PARAMETERS, ...APB_PARAMETERS]);
