import { instanceOf, isResponse, packetText } from '../mctp/index.ts';
import type { Oracle, RawSystemView } from './context.ts';
import { patienceCounts } from './progress.ts';

type Side = 'bmc' | 'host';

/** A packet on its way. */
interface Flight {
  readonly bytes: Uint8Array;
  readonly from: Side;
  arrived: boolean;
}

/**
 * `lost-request`, `lost-response`, `torn-message`, `duplicate-request`, `duplicate-response`: each packet of MCTP over
 * LPC that was announced arrives once and whole, while the process at the BMC lives.
 */
export class PacketOracle implements Oracle {
  readonly names = ['lost-request', 'lost-response', 'torn-message', 'duplicate-request', 'duplicate-response'];
  private readonly view: RawSystemView;
  /** Packets of the channel as it stands. */
  private readonly flights: Flight[] = [];
  /**
   * The process has died, or the host has asked for the channel a second time. Nothing in the protocol tells commands of
   * the old channel from those of the new: what is then lost or torn is not the driver's fault.
   */
  private restarted = false;
  private starts = 0;
  private why = '';

  constructor(view: RawSystemView) {
    this.view = view;
    view.sim.onReset(() => {
      this.flights.length = 0;
      this.restarted = false;
      this.starts = 0;
      this.why = '';
    });
  }

  channelStarts(): void {
    if (++this.starts > 1) this.restarted = true;
  }

  rawClosed(): void {
    this.restarted = true;
  }

  packetDropped(side: Side, why: string): void {
    this.why = `; the ${side === 'bmc' ? 'BMC' : 'host'} has dropped something: ${why}`;
    if (why.includes('CRC') && !this.restarted) {
      this.view.sim.violate('torn-message', 'crc', side, `${side}: ${why}`);
    }
  }

  packetSent(from: Side, packet: Uint8Array, length: number): void {
    this.flights.push({ bytes: packet.slice(0, length), from, arrived: false });
  }

  packetReceived(side: Side, packet: Uint8Array, length: number): void {
    if (this.restarted) return;
    const from = side === 'bmc' ? 'host' : 'bmc';
    const kind = from === 'host' ? 'request' : 'response';
    const { sim } = this.view;
    const alike = this.flights.filter((flight) => flight.from === from && same(flight.bytes, packet, length));
    const fresh = alike.find(({ arrived }) => !arrived);
    if (alike.length === 0) {
      sim.violate('torn-message', 'packet', side, `the ${side === 'bmc' ? 'BMC' : 'host'} has got a packet that was not sent: ${packetText(packet, length)}`);
    } else if (fresh === undefined) {
      sim.violate(`duplicate-${kind}`, 'packet', side, `${packetText(packet, length)} has come a second time`);
    } else {
      fresh.arrived = true;
    }
  }

  packetGaveUp(what: string, instance: number): void {
    const { view } = this;
    if (instance < 0 || this.restarted || !patienceCounts(view) || !view.serving()) return;
    const request = this.flights.find(({ from, bytes }) => from === 'host' && instanceOf(bytes, bytes.length) === instance);
    const answer = this.flights.find(({ from, bytes }) => from === 'bmc' && isResponse(bytes, bytes.length) && instanceOf(bytes, bytes.length) === instance);
    const where = `the host has waited for ${what} until its time-out, the driver is ${view.phaseName()}${this.why}`;
    if (request !== undefined && !request.arrived) {
      view.sim.violate('lost-request', 'packet', 'host', `${packetText(request.bytes)} is in the window and was announced by Tx Begin, but the BMC has not fetched it: ${where}`);
    } else if (answer !== undefined && !answer.arrived) {
      view.sim.violate('lost-response', 'packet', 'host', `${packetText(answer.bytes)} is in the window, but the host was not told: ${where}`);
    }
  }
}

function same(sent: Uint8Array, got: Uint8Array, length: number): boolean {
  return sent.length === length && sent.every((byte, i) => byte === got[i]);
}
