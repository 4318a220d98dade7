import { CompletionCode, completionText } from '../ipmi/index.ts';
import { describeRouted, hex, type RoutedRequest, type RouterSystemView } from './router-view.ts';
import type { Oracle } from './context.ts';

/** Why a request failed: nobody wants it, or the errno of its handler; with the codes of IPMI Table 5-2 that say so. */
interface Cause {
  readonly rule: string;
  readonly text: string;
  readonly codes: readonly number[];
}

const NOBODY: Cause = { rule: 'no-handler', text: 'no device wants it', codes: [CompletionCode.INVALID_COMMAND] };

const BY_ERRNO: Readonly<Record<number, Cause>> = {
  11: { rule: 'eagain', text: 'its handler returned -EAGAIN', codes: [CompletionCode.NODE_BUSY] },
  12: { rule: 'enomem', text: 'its handler returned -ENOMEM', codes: [CompletionCode.OUT_OF_SPACE] },
  16: { rule: 'ebusy', text: 'its handler returned -EBUSY', codes: [CompletionCode.NODE_BUSY] },
  22: {
    rule: 'einval', text: 'its handler knows the command, and returned -EINVAL for its data',
    codes: [CompletionCode.INVALID_DATA_FIELD, CompletionCode.PARAMETER_OUT_OF_RANGE, CompletionCode.REQUEST_LENGTH_INVALID, CompletionCode.REQUEST_LENGTH_EXCEEDED],
  },
  110: { rule: 'etimedout', text: 'its handler returned -ETIMEDOUT', codes: [CompletionCode.TIMEOUT] },
};

/** `completion-code`: what the router answers in place of a device says why the request failed. */
export class CompletionCodeOracle implements Oracle {
  readonly names = ['completion-code'];
  private request: RoutedRequest = { seq: 0, netFnLun: 0, cmd: 0 };
  private cause: Cause | undefined;

  constructor({ sim }: RouterSystemView) {
    const { trace } = sim;
    trace.on(trace.code('router.request'), (_at, _actor, seq, netFnLun, cmd) => {
      this.request = { seq, netFnLun, cmd };
      this.cause = undefined;
    });
    trace.on(trace.code('router.handled'), (_at, _actor, device, seq, result) => {
      if (seq === this.request.seq) this.cause = device < 0 ? NOBODY : BY_ERRNO[-result];
    });
    trace.on(trace.code('router.error'), (_at, _actor, seq, code) => {
      const { cause, request } = this;
      if (cause === undefined || seq !== request.seq || cause.codes.includes(code)) return;
      const [due] = cause.codes;
      sim.violate('completion-code', cause.rule, 'router',
        `${describeRouted(request)}: ${cause.text}, but the host is told ${hex(code)} "${completionText(code)}", where ${hex(due)} "${completionText(due)}" is due (IPMI Table 5-2)`);
    });
    sim.onReset(() => {
      this.cause = undefined;
    });
  }
}
