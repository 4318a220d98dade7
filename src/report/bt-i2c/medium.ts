import type { Budget } from '../medium.ts';
import type { Recording } from '../recording.ts';
import { converseSsif } from '../ssif/conversation.ts';
import { SsifMedium } from '../ssif/medium.ts';
import { BtI2cAssembler, unframed } from './conversation.ts';

/** The trace event by which a recording is known as one of BT over I2C. */
export const BT_I2C_EVENT = 'bt-i2c.request';

/** BT over I2C: the same bus and bus driver as of SSIF, and other messages on it. */
export class BtI2cMedium extends SsifMedium {
  constructor(recording: Recording) {
    super(recording, converseSsif(recording, new BtI2cAssembler()));
  }

  override payload(bytes: readonly number[]): readonly number[] {
    return unframed(bytes);
  }

  /** The host asks so often that it is not told where the time went. */
  override budgets(): readonly Budget[] {
    return [];
  }
}
