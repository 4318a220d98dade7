import { BLOCKED, type Ps } from '../sim/index.ts';
import { TASK, cell, type Row } from './rows.ts';
import { messageBytes, messageText, siteOf } from './names.ts';
import { UNBINDER, nameOf, type StepEntry } from './recording.ts';
import { stepRows } from './step-rows.ts';
import type { Call } from './calls.ts';
import type { Message } from './messages.ts';
import type { Scene } from './scene.ts';

const ERRNO: Readonly<Record<number, string>> = {
  4: 'EINTR', 5: 'EIO', 9: 'EBADF', 11: 'EAGAIN', 14: 'EFAULT', 16: 'EBUSY', 19: 'ENODEV', 22: 'EINVAL', 75: 'EOVERFLOW', 90: 'EMSGSIZE', 512: 'ERESTARTSYS',
};

/** Rows of one step of a BMC task. */
export function taskRows(scene: Scene, index: number): Row[] {
  const { recording } = scene;
  const act = recording.acts[index];
  const call = scene.callAt.get(index);
  return [...memoryRows(scene, index), ...(call === undefined || act.step === null ? unbindRows(scene, index) : callRows(scene, index, call))];
}

/** When the driver is unbound: every step of that would be too much, its beginning is what matters. */
function unbindRows({ recording }: Scene, index: number): Row[] {
  const { at, actor, step } = recording.acts[index];
  if (step?.step !== 0 || recording.contexts[actor] !== UNBINDER) return [];
  return [cell(at, TASK, 'unbind: the driver is being removed', { style: 'message' })];
}

/** Memory that is freed. */
function memoryRows({ recording }: Scene, index: number): Row[] {
  const { at, events, actor } = recording.acts[index];
  const who = recording.contexts[actor] === UNBINDER ? 'unbind: ' : '';
  return events.filter((event) => nameOf(recording, event) === 'bmc.kfree')
    .map(({ code, a, b, c }) => cell(at, TASK, `${who}${recording.kinds[code].text(a, b, c)}`, { style: 'message' }));
}

/** Rows of one step of a system call. */
function callRows(scene: Scene, index: number, call: Call): Row[] {
  const { recording } = scene;
  const { at, step } = recording.acts[index];
  if (step === null) return [];
  const fault = faultText(scene, step);
  if (fault !== '') return [prefixed(scene, call, cell(at, TASK, fault))];
  if (call.last === index) return returned(scene, call);
  const every = scene.stepwise.has(call) && index >= call.wokeAct && index !== call.first && step.value >= 0;
  return stepRows(scene, index, TASK, every).map((row) => prefixed(scene, call, row));
}

/** Value of a word of a user copy whose page is unmapped (UserAccess of src/linux). */
const BAD_ADDRESS = 2;

/** `kcs_bmc_read: page fault in copy_to_user, the task sleeps`; empty if the step is no fault. */
function faultText({ recording }: Scene, { op, value }: StepEntry): string {
  const { frame, step } = siteOf(recording.ops.label(op));
  const copy = /^(copy_(?:to|from)_user) word$/.exec(step)?.[1];
  if (copy === undefined) return '';
  const where = `${frame === '' ? '' : `${frame}: `}page fault in ${copy}`;
  if (value === BLOCKED) return `${where}, the task sleeps until the page is there`;
  return value === BAD_ADDRESS ? `${where}, the page is unmapped` : '';
}

/** With several threads, says which one it is. */
function prefixed(scene: Scene, call: Call, row: Row): Row {
  const name = threadPrefix(scene, call.actor);
  if (name === '') return row;
  if (row.burst !== undefined) return { ...row, burst: { ...row.burst, head: `${name}${row.burst.head}` } };
  const texts = [...row.cells];
  if (texts[TASK] !== '') texts[TASK] = name + texts[TASK];
  return { ...row, cells: texts };
}

/** `kcsd/2: ` if more than one thread makes calls, else nothing. */
function threadPrefix(scene: Scene, actor: number): string {
  const several = scene.calls.some((call) => call.actor !== actor);
  return several ? `${scene.recording.contexts[actor].replace(/^bmc:/, '')}: ` : '';
}

/** What a call has come to, at its return to user space. */
function returned(scene: Scene, call: Call): Row[] {
  const text = outcomeText(scene, call);
  if (text === '') return [];
  return [cell(call.to, TASK, `${threadPrefix(scene, call.actor)}${text}`, { style: 'message' })];
}

function outcomeText(scene: Scene, call: Call): string {
  const errno = call.result !== undefined && call.result < 0 ? ` = -${ERRNO[-call.result] ?? -call.result}` : '';
  switch (call.name) {
    case 'read':
      if (call.outcome === 'failed') return `read()${errno === '' ? ' fails' : errno}`;
      return `read() returns ${readText(scene, call)}`;
    case 'write':
      return `write()${call.bytes.length === 0 ? '' : ` of ${messageText(scene.medium.payload(call.bytes))}`} ${call.outcome === 'failed' ? `is refused${errno}` : 'is accepted'}`;
    case 'poll':
      return scene.stepwise.has(call) ? `poll() returns${errno}` : '';
    default:
      return `${call.name}()${errno}`;
  }
}

function readText(scene: Scene, call: Call): string {
  const bytes = scene.medium.payload(call.bytes);
  if (bytes.length === 0) return 'no byte';
  const from = source(scene, call, bytes);
  return `${from}${from.startsWith('the first') ? messageBytes(bytes) : messageText(bytes)}`;
}

/** `request 1: ` if the host has sent exactly that. */
function source(scene: Scene, { to }: Call, bytes: readonly number[]): string {
  const whole = requestWith(scene, to, bytes, (message) => message.bytes.length === bytes.length);
  if (whole !== undefined) return `request ${whole.number}: `;
  const part = requestWith(scene, to, bytes, (message) => message.bytes.length > bytes.length);
  return part === undefined ? '' : `the first ${bytes.length} of ${part.bytes.length} bytes of request ${part.number}: `;
}

/** The last request so far that begins with what was read. */
function requestWith(scene: Scene, to: Ps, bytes: readonly number[], fits: (message: Message) => boolean): Message | undefined {
  return scene.conversation.messages.findLast((message) => message.kind === 'request' && message.from <= to && fits(message)
    && bytes.every((byte, i) => byte === message.bytes[i]));
}
