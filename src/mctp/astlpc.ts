import type { Steps } from '../sim/index.ts';
import {
  ASTLPC_MCTP_MAGIC, ASTLPC_VER_BAD, ASTLPC_VER_CUR, ASTLPC_VER_MIN, AstlpcCommand, AstlpcStatus, CONTROL_SIZE, LENGTH_BYTES, Lpcmap, be16, be32,
  bodySize, negotiateVersion, packetSize, protect, putBe16, putBe32, trailerOf, validLayout, validates, type AstlpcBuffer,
} from './lpcmap.ts';
import { MCTP_HEADER, MCTP_VERSION } from './packet.ts';

/** What a side of the binding stands on (struct mctp_binding_astlpc_ops): each a few steps. */
export interface AstlpcOps {
  /** STR, or a negative number if it could not be read. */
  readStatus(): Steps<number>;
  /** ODR at the host, IDR at the BMC. */
  readData(): Steps<number>;
  /** 0, or a negative number. Only the BMC can. */
  writeStatus(status: number): Steps<number>;
  /** IDR at the host, ODR at the BMC. */
  writeData(data: number): Steps<number>;
  /** Copies `length` bytes of the window from `offset` on to the beginning of `to`. */
  lpcRead(to: Uint8Array, offset: number, length: number): Steps;
  /** Copies the first `length` bytes of `from` to the window at `offset`. */
  lpcWrite(from: Uint8Array, offset: number, length: number): Steps;
}

/** Who is told what the binding makes of it all. */
export interface AstlpcListener {
  /** The channel has become active with this version of the protocol, or inactive: 0. */
  channel(version: number): void;
  /** A whole packet of `length` bytes has come. */
  received(packet: Uint8Array, length: number): void;
  /** What has come is dropped, or was not expected. */
  dropped(why: string): void;
}

/** Who may touch a buffer (enum mctp_astlpc_buffer_state). */
export const BufferState = { idle: 0, acquired: 1, prepared: 2, released: 3 } as const;
export type BufferState = (typeof BufferState)[keyof typeof BufferState];

const NOWHERE: AstlpcBuffer = { offset: 0, size: 0 };
/** Longest packet that a binding keeps, with its CRC, bytes. */
const PACKET = 1024;

/** One side of the binding: astlpc.c of libmctp, function by function; rx and tx are its own. */
export class Astlpc {
  /** Version of the protocol in use, 0: none. */
  version = 0;
  rx: AstlpcBuffer = NOWHERE;
  tx: AstlpcBuffer = NOWHERE;
  rxState: BufferState = BufferState.idle;
  txState: BufferState = BufferState.idle;
  /** mctp_binding_set_tx_enabled(). */
  txEnabled = false;
  /** STR as the host has seen it last. */
  status = 0;
  private readonly bmc: boolean;
  private readonly mtu: number;
  private readonly newest: number;
  private readonly ops: AstlpcOps;
  private readonly listener: AstlpcListener;
  private readonly header = new Uint8Array(Lpcmap.BYTES);
  private readonly word = new Uint8Array(LENGTH_BYTES);
  private readonly packet = new Uint8Array(PACKET);

  /** @param mtu payload of a packet that it asks for, bytes; @param newest the newest version that it speaks */
  constructor(mode: 'bmc' | 'host', mtu: number, ops: AstlpcOps, listener: AstlpcListener, newest: number = ASTLPC_VER_CUR) {
    this.bmc = mode === 'bmc';
    this.mtu = mtu;
    this.newest = newest;
    this.ops = ops;
    this.listener = listener;
  }

  /** mctp_astlpc_destroy() without a word to the other side, as a crash does it; also between two runs. */
  reset(): void {
    this.version = 0;
    this.rx = NOWHERE;
    this.tx = NOWHERE;
    this.rxState = BufferState.idle;
    this.txState = BufferState.idle;
    this.txEnabled = false;
    this.status = 0;
  }

  /** A command could not be sent yet: the caller is to wait until it can (mctp_astlpc_init_pollfd()). */
  get blocked(): boolean {
    return this.rxState === BufferState.prepared || this.txState === BufferState.prepared;
  }

  /** mctp_binding_astlpc_start_*(): 0, or a negative number if the other side is not there or cannot. */
  start(): Steps<number> {
    return this.bmc ? this.initBmc() : this.initHost();
  }

  // ---- the BMC begins --------------------------------------------------------------------------

  /** mctp_astlpc_init_bmc(). */
  private *initBmc(): Steps<number> {
    const { header } = this;
    const size = packetSize(this.newest, MCTP_HEADER + this.mtu);
    this.version = this.newest;
    this.tx = { offset: CONTROL_SIZE, size };
    this.rx = { offset: CONTROL_SIZE + size, size };
    header.fill(0);
    putBe32(header, Lpcmap.MAGIC, ASTLPC_MCTP_MAGIC);
    putBe16(header, Lpcmap.BMC_VER_MIN, ASTLPC_VER_MIN);
    putBe16(header, Lpcmap.BMC_VER_CUR, this.newest);
    this.putLayout();
    yield* this.ops.lpcWrite(header, 0, Lpcmap.BYTES);
    // OBF is cleared on purpose: whatever was in ODR belongs to another life.
    return yield* this.setStatus(AstlpcStatus.BMC_READY);
  }

  /** The layout in the header is the host's. */
  private putLayout(): void {
    const { header, rx, tx } = this;
    putBe32(header, Lpcmap.RX_OFFSET, tx.offset);
    putBe32(header, Lpcmap.RX_SIZE, tx.size);
    putBe32(header, Lpcmap.TX_OFFSET, rx.offset);
    putBe32(header, Lpcmap.TX_SIZE, rx.size);
  }

  /** mctp_astlpc_kcs_set_status(): a write of STR raises no interrupt, the dummy behind it does. */
  private *setStatus(status: number): Steps<number> {
    const rc = yield* this.ops.writeStatus(status);
    return rc < 0 ? rc : yield* this.ops.writeData(AstlpcCommand.DUMMY);
  }

  /** mctp_astlpc_init_channel(). */
  private *initChannel(): Steps<number> {
    const { header } = this;
    yield* this.ops.lpcRead(header, 0, Lpcmap.BYTES);
    let version = negotiateVersion(ASTLPC_VER_MIN, this.newest, be16(header, Lpcmap.HOST_VER_MIN), be16(header, Lpcmap.HOST_VER_CUR));
    this.version = version;
    if (version === ASTLPC_VER_BAD || !(yield* this.negotiateLayout())) version = ASTLPC_VER_BAD;
    putBe16(this.word, 0, version);
    yield* this.ops.lpcWrite(this.word, Lpcmap.NEGOTIATED_VER, 2);
    this.txState = BufferState.acquired;
    this.rxState = BufferState.released;
    const status = AstlpcStatus.BMC_READY | AstlpcStatus.OBF | (version === ASTLPC_VER_BAD ? 0 : AstlpcStatus.CHANNEL_ACTIVE);
    const rc = yield* this.setStatus(status);
    this.txEnabled = version !== ASTLPC_VER_BAD;
    this.listener.channel(version);
    return rc;
  }

  /** mctp_astlpc_negotiate_layout_bmc(): the host may want other sizes; both directions get the same. */
  private *negotiateLayout(): Steps<boolean> {
    const { header } = this;
    const rx = { offset: be32(header, Lpcmap.TX_OFFSET), size: be32(header, Lpcmap.TX_SIZE) };
    const tx = { offset: be32(header, Lpcmap.RX_OFFSET), size: be32(header, Lpcmap.RX_SIZE) };
    if (!validLayout(rx, tx, this.version)) return false;
    const limit = Math.min(Math.abs(this.rx.offset - this.tx.offset), packetSize(this.version, MCTP_HEADER + this.mtu), tx.size);
    this.tx = { offset: this.tx.offset, size: limit };
    this.rx = { offset: this.rx.offset, size: limit };
    if (!validLayout(this.rx, this.tx, this.version)) return false;
    this.putLayout();
    yield* this.ops.lpcWrite(header.subarray(Lpcmap.RX_OFFSET), Lpcmap.RX_OFFSET, Lpcmap.BYTES - Lpcmap.RX_OFFSET);
    return true;
  }

  // ---- the host begins -------------------------------------------------------------------------

  /** mctp_astlpc_init_host(). */
  private *initHost(): Steps<number> {
    const { header } = this;
    const status = yield* this.ops.readStatus();
    this.status = status;
    if ((status & AstlpcStatus.BMC_READY) === 0) return -1;
    yield* this.ops.lpcRead(header, 0, Lpcmap.BYTES);
    const version = negotiateVersion(be16(header, Lpcmap.BMC_VER_MIN), be16(header, Lpcmap.BMC_VER_CUR), ASTLPC_VER_MIN, this.newest);
    if (version === ASTLPC_VER_BAD) return -1;
    if (version >= 2) {
      putBe32(this.word, 0, packetSize(version, MCTP_HEADER + this.mtu));
      yield* this.ops.lpcWrite(this.word, Lpcmap.RX_SIZE, 4);
    }
    putBe16(this.word, 0, ASTLPC_VER_MIN);
    putBe16(this.word, 2, this.newest);
    yield* this.ops.lpcWrite(this.word, Lpcmap.HOST_VER_MIN, 4);
    // Until the BMC says that the channel is active there is no version.
    this.version = ASTLPC_VER_BAD;
    return yield* this.ops.writeData(AstlpcCommand.INITIALISE);
  }

  /** mctp_astlpc_finalise_channel(). */
  private *finaliseChannel(): Steps<boolean> {
    const { header } = this;
    yield* this.ops.lpcRead(header, 0, Lpcmap.BYTES);
    const version = be16(header, Lpcmap.NEGOTIATED_VER);
    if (version < ASTLPC_VER_MIN || version > this.newest) return false;
    const rx = { offset: be32(header, Lpcmap.RX_OFFSET), size: be32(header, Lpcmap.RX_SIZE) };
    const tx = { offset: be32(header, Lpcmap.TX_OFFSET), size: be32(header, Lpcmap.TX_SIZE) };
    if (!validLayout(rx, tx, version)) return false;
    this.version = version;
    this.rx = rx;
    this.tx = tx;
    this.txState = BufferState.acquired;
    this.rxState = BufferState.released;
    return true;
  }

  /** mctp_astlpc_update_channel(): the host looks what has become of STR. */
  private *updateChannel(status: number): Steps<number> {
    const updated = this.status ^ status;
    if ((updated & AstlpcStatus.BMC_READY) !== 0) {
      if ((status & AstlpcStatus.BMC_READY) !== 0) {
        this.status = status;
        return yield* this.start();
      }
      this.idle();
    }
    if (this.version === 0 || (updated & AstlpcStatus.CHANNEL_ACTIVE) !== 0) {
      this.idle();
      const final = yield* this.finaliseChannel();
      this.txEnabled = final && (status & AstlpcStatus.CHANNEL_ACTIVE) !== 0;
      this.listener.channel(this.txEnabled ? this.version : 0);
    }
    this.status = status;
    return 0;
  }

  private idle(): void {
    this.rxState = BufferState.idle;
    this.txState = BufferState.idle;
    this.txEnabled = false;
  }

  // ---- packets ---------------------------------------------------------------------------------

  /** mctp_astlpc_kcs_send(): 0, or a negative number if the other side has not read the last command yet. */
  private *send(command: number): Steps<number> {
    const status = yield* this.ops.readStatus();
    if (status < 0) return status;
    if ((status & (this.bmc ? AstlpcStatus.OBF : AstlpcStatus.IBF)) !== 0) return -1;
    return yield* this.ops.writeData(command);
  }

  /** mctp_binding_astlpc_tx(): false if it is too long. The other side answers it with Rx Complete: {@link txDone}. */
  *transmit(packet: Uint8Array, length: number): Steps<boolean> {
    if (length > bodySize(this.version, this.tx.size)) return false;
    this.txEnabled = false;
    putBe32(this.word, 0, length);
    yield* this.ops.lpcWrite(this.word, this.tx.offset, LENGTH_BYTES);
    this.packet.set(packet.subarray(0, length));
    yield* this.ops.lpcWrite(this.packet, this.tx.offset + LENGTH_BYTES, protect(this.packet, length, this.version));
    this.txState = BufferState.prepared;
    if ((yield* this.send(AstlpcCommand.TX_BEGIN)) === 0) this.txState = BufferState.released;
    return true;
  }

  /** mctp_astlpc_tx_done(). */
  get txDone(): boolean {
    return this.txState === BufferState.acquired;
  }

  /** mctp_astlpc_rx_start(). */
  private *receive(): Steps<number> {
    const { word, packet, listener } = this;
    yield* this.ops.lpcRead(word, this.rx.offset, LENGTH_BYTES);
    const length = be32(word, 0);
    if (length > bodySize(this.version, this.rx.size)) {
      listener.dropped(`a packet of ${length} bytes does not fit`);
      return 0;
    }
    yield* this.ops.lpcRead(packet, this.rx.offset + LENGTH_BYTES, length + trailerOf(this.version));
    this.rxState = BufferState.prepared;
    if ((yield* this.send(AstlpcCommand.RX_COMPLETE)) === 0) this.rxState = BufferState.released;
    if (packet[0] !== MCTP_VERSION) listener.dropped('a packet has another version of the header');
    else if (!validates(packet, length, this.version)) listener.dropped('the CRC-32 of a packet is wrong');
    else listener.received(packet, length);
    return 0;
  }

  /** mctp_astlpc_poll(): 0, or a negative number if the KCS device failed. */
  *poll(): Steps<number> {
    if (this.rxState === BufferState.prepared && (yield* this.send(AstlpcCommand.RX_COMPLETE)) === 0) this.rxState = BufferState.released;
    if (this.txState === BufferState.prepared && (yield* this.send(AstlpcCommand.TX_BEGIN)) === 0) this.txState = BufferState.released;
    const status = yield* this.ops.readStatus();
    if (status < 0) return status;
    if ((status & (this.bmc ? AstlpcStatus.IBF : AstlpcStatus.OBF)) === 0) return 0;
    const data = yield* this.ops.readData();
    if (data < 0) return data;
    const rc = yield* this.take(data, status);
    // Handles a silent loss of BMC-active.
    if (rc < 0 || this.bmc || ((status & AstlpcStatus.BMC_READY) !== 0 && data === AstlpcCommand.DUMMY)) return rc;
    return yield* this.updateChannel(status);
  }

  private *take(data: number, status: number): Steps<number> {
    if (this.version === 0 && data !== AstlpcCommand.INITIALISE && data !== AstlpcCommand.DUMMY) {
      this.listener.dropped(`command ${data} without a channel`);
      return 0;
    }
    switch (data) {
      case AstlpcCommand.INITIALISE:
        return yield* this.initChannel();
      case AstlpcCommand.TX_BEGIN:
        if (this.rxState === BufferState.released) return yield* this.receive();
        this.listener.dropped('Tx Begin for a buffer that is not released');
        return 0;
      case AstlpcCommand.RX_COMPLETE:
        if (this.txState === BufferState.released) {
          this.txState = BufferState.acquired;
          this.txEnabled = true;
        } else {
          this.listener.dropped('Rx Complete for a buffer that is not released');
        }
        return 0;
      case AstlpcCommand.DUMMY:
        return this.bmc ? 0 : yield* this.updateChannel(status);
      default:
        this.listener.dropped(`unknown command ${data}`);
        return 0;
    }
  }
}
