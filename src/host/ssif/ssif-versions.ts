import type { Exchange } from './exchange.ts';
import { SsifInfo2017 } from './ssif-2017.ts';
import { SsifInfo } from './ssif-info.ts';
import type { Jiffies } from './time.ts';

/** A version of the host's driver, as `list drivers` shows it. */
export interface SsifVersion {
  readonly version: string;
  /** Raised by hand when choice points or nominal timing change. */
  readonly model: number;
  readonly text: string;
  readonly source: string;
  /** Whether it has a watch timer; without, the upper layer's wish for events is what makes it look at the flags. */
  readonly watches: boolean;
  readonly info: new (exchange: Exchange, jiffies: Jiffies, mostInARow?: number) => SsifInfo;
}

/** Every version of ipmi_ssif, in the order of the story; the last is the default. */
export const SSIF_VERSIONS: readonly SsifVersion[] = [
  {
    version: '2017', model: 2, watches: false, info: SsifInfo2017,
    text: 'hangs or crashes on answers that it does not expect, and on requests of more than 32 bytes',
    source: 'drivers/char/ipmi/ipmi_ssif.c, 2017',
  },
  {
    version: '6.1', model: 1, watches: true, info: SsifInfo,
    text: 'what Linux has: as recorded, with the retry times of the specification; a failed probe leaves its thread behind',
    source: 'drivers/char/ipmi/ipmi_ssif.c of Linux 6.1.192',
  },
];
