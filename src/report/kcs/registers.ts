import { Str } from '../../ipmi/index.ts';
import type { Ps } from '../../sim/index.ts';
import { hex } from '../names.ts';
import { nameOf, type Recording } from '../recording.ts';
import type { RegisterTrack } from '../timeline/registers.ts';
import type { KcsConversation } from './conversation.ts';
import { idrByte, strText } from './names.ts';

/** STR, IDR and ODR of the channel, whoever has written them. */
export function kcsRegisters(recording: Recording, { channel, str }: KcsConversation): readonly RegisterTrack[] {
  const status: { at: Ps; text: string }[] = [];
  const idr: { at: Ps; text: string }[] = [];
  const odr: { at: Ps; text: string }[] = [];
  let last = -1;
  for (const [index, act] of recording.acts.entries()) {
    if (str[index] !== last) {
      last = str[index];
      status.push({ at: act.at, text: strText(channel, last) });
    }
    for (const event of act.events) {
      if (event.c !== channel) continue;
      const name = nameOf(recording, event);
      if (name === 'host.idr.write') {
        const command = (event.b & Str.C_D) !== 0;
        idr.push({ at: event.at, text: `${hex(event.a)} ${command ? idrByte(event.a, true, false) : 'data'}` });
      } else if (name === 'bmc.odr.write') {
        odr.push({ at: event.at, text: hex(event.a) });
      }
    }
  }
  return [{ name: `STR${channel}`, changes: status }, { name: `IDR${channel}`, changes: idr }, { name: `ODR${channel}`, changes: odr }];
}
