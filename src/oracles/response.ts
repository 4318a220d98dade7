import { CC_INDEX, REQUEST_HEADER, classifyEcho, echoRefusal, echoTag, isResponseTo } from '../ipmi/index.ts';
import { describeMessage, tornFrom } from './text.ts';
import type { Oracle, ReadSeen, SystemView, WriteSeen } from './context.ts';

/** Completion codes that the host's driver makes up itself: unspecified error, truncated. */
const FABRICATED: readonly number[] = [0xff, 0xc6];

/** `wrong-response`, and `torn-message` for responses: what the host gets answers what it asked. */
export class ResponseOracle implements Oracle {
  readonly names = ['wrong-response', 'torn-message'];
  private readonly view: SystemView;
  private readonly request = new Uint8Array(1200);
  private length = 0;
  private tainted = false;
  /** What the daemon has read last is not what read() says, or one of two requests: its answer is nothing to go by. */
  private misread = false;
  /** It has written the answer to another command than it was asked: that is what the host gets. */
  private misanswered = false;
  /** Requests that it has read, and not written a response to since. */
  private answering = 0;

  constructor(view: SystemView) {
    this.view = view;
    view.sim.onReset(() => {
      this.length = 0;
      this.tainted = false;
      this.misread = false;
      this.misanswered = false;
      this.answering = 0;
    });
  }

  hostBegan(request: Uint8Array, length: number): void {
    this.length = Math.min(length, this.request.length);
    for (let i = 0; i < this.length; i++) this.request[i] = request[i];
    this.tainted = false;
  }

  hostBroke(): void {
    this.tainted = true;
  }

  /** Bytes behind a page that is not there are for the errno oracle, and so is what comes of them. */
  daemonRead({ result, nextPage, pageEnd }: ReadSeen): void {
    if (result <= 0) return;
    this.misread = (nextPage === 'unmapped' && result > pageEnd) || (this.answering > 0 && this.view.readsOn());
    this.answering++;
  }

  daemonWrote({ result, mixedUp }: WriteSeen): void {
    if (this.answering > 0) this.answering--;
    if (result <= 0) return;
    this.misanswered = mixedUp;
  }

  daemonClosed(): void {
    this.answering = 0;
  }

  hostResponded(response: Uint8Array, length: number): void {
    const { request } = this;
    if (this.tainted || this.misread || this.misanswered || this.length < REQUEST_HEADER || this.view.answersMix() || this.view.misfits()) return;
    if (this.view.garbled() || this.view.ambiguous() || this.view.madeUp()) return;
    // Who has no driver any more answers with what the bus reads when nobody drives it.
    if (!this.view.bound()) return;
    if (length >= 3 && FABRICATED.includes(response[CC_INDEX]) && length === 3) return;
    const asked = echoTag(request, this.length);
    const { sim } = this.view;
    if (asked < 0) {
      if (isResponseTo(request, this.length, response, length)) return;
      this.wrong(response, length, echoTag(response, length) >= 0);
      return;
    }
    const got = echoTag(response, length);
    if (got === asked && length === this.length + 1) return;
    const verdict = classifyEcho(response, length);
    // An answer cut short to what the host holds is still the answer to an earlier request (tags count up).
    const another = verdict.kind === 'torn' && verdict.tags.length === 1 && verdict.tags[0] > 0 && verdict.tags[0] < asked;
    if (got === asked || (verdict.kind === 'torn' && !another)) {
      sim.violate('torn-message', 'response', 'host',
        `the host asked ${describeMessage(request, this.length)} and got ${describeMessage(response, length)}${tornFrom(response, length)}`);
      return;
    }
    if (echoRefusal(response, length) >= 0) return;
    this.wrong(response, length, got >= 0 || another);
  }

  private wrong(response: Uint8Array, length: number, another: boolean): void {
    this.view.sim.violate('wrong-response', another ? 'answers-another-request' : 'answers-nothing', 'host',
      `the host asked ${describeMessage(this.request, this.length)} and got ${describeMessage(response, length)}, `
      + (another ? 'the answer to another request' : 'which answers nothing that it asked'));
  }
}
