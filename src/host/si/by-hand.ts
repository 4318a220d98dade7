import type { Steps } from '../../sim/process.ts';
import { END_OF_TIME } from '../../sim/time.ts';
import type { HostIo } from '../io.ts';
import { SiSmResult, type SiStateMachine } from './si-sm.ts';
import { SHORT, type SiTimer } from './si-timer.ts';

/**
 * Makes event calls until the transaction that was started is over, at the pace of the tick: `wait_for_msg_done()` of
 * ipmi_si_intf.c, and the loop of `bt_detect()`. Returns the result that ended it.
 */
export function* waitForMsgDone(sm: SiStateMachine, io: HostIo, timer: SiTimer): Steps<SiSmResult> {
  let status = yield io.inb(sm.statusReg);
  let time = 0;
  for (;;) {
    const result = yield* sm.event(status, time);
    if (result === SiSmResult.CALL_WITHOUT_DELAY) {
      status = yield io.inb(sm.statusReg);
      time = 0;
    } else if (result === SiSmResult.CALL_WITH_DELAY || result === SiSmResult.CALL_WITH_TICK_DELAY) {
      const last = status;
      const waits = result === SiSmResult.CALL_WITH_DELAY ? Math.floor(sm.budget(last) / timer.usPerJiffy) + 1 : 1;
      // A wait for the tick has work to do each time, so it ends with its first sample. From then on schedule_timeout(1) is
      // set behind a tick, and takes two; the machine is told of one jiffy all the same.
      const first = timer.timeout(1);
      const period = SHORT * timer.jiffy;
      const deadline = Math.min(END_OF_TIME, io.now + first + (waits - 1) * period);
      status = yield io.poll(waits > 1 ? sm.watched(last) : 0, last, period, deadline, first);
      time = timer.usPerJiffy;
      sm.skip(last, (io.samples - 1) * time);
    } else {
      return result;
    }
  }
}
