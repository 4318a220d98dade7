/*
 * One Get Device ID over KCS, step by step in the time of the model, as one would write it in C for this one
 * purpose: three machines (host, interrupt handler, daemon), whoever is due first goes on. The same accesses
 * with the same bytes at the same picoseconds, and the same number of steps, as src/ does them with
 * `kcs-bmc@mainline`; the checksum and the time of the last access show it. No schedule but the nominal one, no
 * other driver, no other message, no oracle: what the model costs beside it is what being general costs.
 *
 *     kcs-native <transactions> <device ID, bytes in hexadecimal>
 *
 * Prints: steps of one transaction, checksum, time of its last access (ps), nanoseconds of CPU time a transaction.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef int64_t Ps;
#define NS ((Ps)1000)
#define US ((Ps)1000000)
#define NEVER INT64_MAX

/* Defaults of the parameters (src/hw/ast2500-params.ts, src/linux/config.ts, src/host/si). */
static const Ps LCLK = 30303, HOST_IO = 600 * NS, REGISTER_READ = 300 * NS, REGISTER_WRITE = 120 * NS, LOCK = 50 * NS;
static const Ps IRQ_LATENCY = 5 * US, IRQ_ENTRY = 1200 * NS, IRQ_NEXT = 200 * NS, IRQ_EXIT = 600 * NS;
static const Ps SYSCALL = 500 * NS, COPY = 20 * NS, WAKE = 60 * US, THINK = 200 * US, HOST_START = 300 * US, HOST_FIRST = 320 * US;
/* Between two looks of a polling host: ten microseconds and the access. */
static const Ps POLL = 11 * US;

enum { OBF = 0x01, IBF = 0x02, CD = 0x08, STATE = 0xc0, IDLE = 0x00, READ = 0x40, WRITE = 0x80 };
enum { WRITE_START = 0x61, WRITE_END = 0x62, READ_BYTE = 0x68 };
/* As bench/kcs-checksum.ts has them. */
enum { HOST_STR_READ = 1, HOST_ODR_READ, HOST_IDR_WRITE, HOST_COMMAND_WRITE, BMC_IDR_READ, BMC_ODR_WRITE, BMC_STR_READ, BMC_STR_WRITE };

/* Registers, and all that the machines share. */
static uint8_t idr, odr, str;
static Ps now, last_access;
static uint32_t sum, steps;
static int last_status;

/* A machine: where it goes on, and when. */
struct machine { int at; Ps due; };
static struct machine host, irq, task;

#define BEGIN(m) switch ((m)->at) { case 0:
#define END(m) } (m)->due = NEVER
/* One step: the effect, which follows, comes `ps` later. */
#define STEP(m, ps) do { (m)->due = now + (ps); (m)->at = __LINE__; return; case __LINE__: steps++; } while (0)
/* Sleeps until somebody makes the machine due again. */
#define SLEEP(m) do { (m)->due = NEVER; (m)->at = __LINE__; return; case __LINE__:; } while (0)
/* Lets `ps` go by without a step. */
#define PAUSE(m, ps) do { (m)->due = now + (ps); (m)->at = __LINE__; return; case __LINE__:; } while (0)

static uint32_t rotl(uint32_t x, int n) { return x << n | x >> (32 - n); }

static void enter(uint32_t access, uint32_t value)
{
	uint32_t k = rotl((access << 24 ^ value) * 0xcc9e2d51u, 15);

	sum = rotl(sum ^ k * 0x1b873593u, 13) * 5 + 0xe6546b64u;
	last_access = now;
}

/* ---- the daemon and its system calls --------------------------------------------------------- */

static uint8_t data_in[1000], data_out[1000], request[1024], response[1024], device_id[32];
static int data_in_idx, data_in_avail, data_out_idx, data_out_len, device_id_len, answer_len;
static enum { PH_IDLE, PH_WRITE_START, PH_WRITE_DATA, PH_WRITE_END, PH_WRITE_DONE, PH_WAIT_READ, PH_READ } phase;
static int word;

static void answer(void)
{
	response[0] = request[0] | 1 << 2;
	response[1] = request[1];
	response[2] = 0;
	memcpy(response + 3, device_id, device_id_len);
	answer_len = 3 + device_id_len;
}

static void wake_host(void);

static void write_odr(uint8_t value)
{
	odr = value;
	str |= OBF;
	enter(BMC_ODR_WRITE, value);
	wake_host();
}

static void run_task(void)
{
	struct machine *m = &task;

	BEGIN(m);
	STEP(m, SYSCALL); /* open() */
	STEP(m, LOCK);
	STEP(m, LOCK);
	STEP(m, REGISTER_READ);
	STEP(m, REGISTER_WRITE);
	STEP(m, LOCK);
	STEP(m, LOCK);
	STEP(m, SYSCALL);
	for (;;) {
		STEP(m, SYSCALL); /* read() */
		STEP(m, LOCK);    /* prepare_to_wait */
		STEP(m, LOCK);    /* schedule */
		if (!data_in_avail)
			SLEEP(m);
		STEP(m, LOCK); /* mutex_lock, spin_lock_irq, spin_unlock_irq */
		STEP(m, LOCK);
		memcpy(request, data_in, data_in_idx);
		STEP(m, LOCK);
		STEP(m, COPY);
		for (word = 0; word < data_in_idx; word += 4)
			STEP(m, COPY);
		STEP(m, LOCK);
		phase = PH_WAIT_READ;
		data_in_avail = data_in_idx = 0;
		STEP(m, LOCK);
		STEP(m, LOCK);
		STEP(m, SYSCALL);
		answer();
		STEP(m, 0); /* thinks */
		PAUSE(m, THINK);
		STEP(m, SYSCALL); /* write() */
		STEP(m, LOCK);
		STEP(m, COPY);
		for (word = 0; word < answer_len; word += 4)
			STEP(m, COPY);
		STEP(m, LOCK);
		memcpy(data_out, response, answer_len);
		phase = PH_READ;
		data_out_idx = 1;
		data_out_len = answer_len;
		STEP(m, REGISTER_WRITE);
		write_odr(data_out[0]);
		STEP(m, LOCK);
		STEP(m, LOCK);
		STEP(m, SYSCALL);
	}
	END(m);
}

/* ---- the interrupt handler ------------------------------------------------------------------- */

static uint8_t seen;
static int last;

static uint8_t read_str(void)
{
	enter(BMC_STR_READ, str);
	return str;
}

static uint8_t read_idr(void)
{
	str &= ~IBF;
	enter(BMC_IDR_READ, idr);
	wake_host();
	return idr;
}

static void write_str(uint8_t state)
{
	str = (str & ~STATE) | state;
	enter(BMC_STR_WRITE, str);
	wake_host();
}

static void run_irq(void)
{
	struct machine *m = &irq;

	BEGIN(m);
	for (;;) {
		SLEEP(m);
		STEP(m, IRQ_ENTRY);
		STEP(m, LOCK);
		STEP(m, LOCK);
		STEP(m, REGISTER_READ);
		seen = read_str();
		if (seen & CD) {
			STEP(m, REGISTER_READ);
			if ((read_str() & STATE) != WRITE) {
				STEP(m, REGISTER_WRITE);
				write_str(WRITE);
			}
			STEP(m, REGISTER_WRITE);
			write_odr(0);
			STEP(m, REGISTER_READ);
			if (read_idr() == WRITE_START) {
				phase = PH_WRITE_START;
				data_in_avail = data_in_idx = 0;
			} else {
				phase = PH_WRITE_END;
			}
		} else if (phase == PH_WRITE_START || phase == PH_WRITE_DATA) {
			phase = PH_WRITE_DATA;
			STEP(m, REGISTER_READ);
			read_str(); /* WRITE_STATE already */
			STEP(m, REGISTER_WRITE);
			write_odr(0);
			STEP(m, REGISTER_READ);
			data_in[data_in_idx++] = read_idr();
		} else if (phase == PH_WRITE_END) {
			STEP(m, REGISTER_READ);
			read_str();
			STEP(m, REGISTER_WRITE);
			write_str(READ);
			STEP(m, REGISTER_READ);
			data_in[data_in_idx++] = read_idr();
			phase = PH_WRITE_DONE;
			data_in_avail = 1;
			STEP(m, LOCK); /* wake_up */
			task.due = now + WAKE;
		} else {
			last = data_out_idx == data_out_len;
			if (last) {
				STEP(m, REGISTER_READ);
				read_str();
				STEP(m, REGISTER_WRITE);
				write_str(IDLE);
			}
			STEP(m, REGISTER_READ);
			read_idr();
			STEP(m, REGISTER_WRITE);
			write_odr(last ? 0 : data_out[data_out_idx++]);
			if (last)
				phase = PH_IDLE;
		}
		STEP(m, LOCK);
		STEP(m, LOCK);
		STEP(m, IRQ_NEXT);
		STEP(m, IRQ_EXIT);
	}
	END(m);
}

/* ---- the host -------------------------------------------------------------------------------- */

static uint8_t read_data[272], status;
static int read_pos;
static Ps origin, looked;
static int watched; /* the host polls, and has looked in vain */

/* The status has changed: the host looks again at the next multiple of its period. */
static void wake_host(void)
{
	if (!watched)
		return;
	const Ps from = now > origin + POLL ? now : origin + POLL;

	host.due = origin + (from - origin + POLL - 1) / POLL * POLL;
	watched = 0;
}

static uint8_t in_status(void)
{
	if (str != last_status)
		enter(HOST_STR_READ, str);
	return last_status = str;
}

static void out(uint8_t value, uint8_t cd)
{
	idr = value;
	str = (str & ~CD) | IBF | cd;
	enter(cd ? HOST_COMMAND_WRITE : HOST_IDR_WRITE, value);
	irq.due = now + IRQ_LATENCY;
}

static uint8_t in_data(void)
{
	str &= ~OBF;
	enter(HOST_ODR_READ, odr);
	return odr;
}

/* From the issue of an access to its effect; the next one is issued a clock later. */
#define EFFECT (HOST_IO + 12 * LCLK)
#define ACCESS(m) STEP(m, LCLK + EFFECT)
#define LOOK(m) do { ACCESS(m); status = in_status(); looked = now; } while (0)
/* Looks after a period, and if that is in vain, when the status has changed; exact, as the model does it. */
#define POLL_FOR(m, condition) do { \
	STEP(m, looked + POLL - now); \
	status = in_status(); \
	while (!(condition)) { \
		watched = 1; \
		origin = now; \
		SLEEP_AND_STEP(m); \
		status = in_status(); \
	} \
	looked = now; } while (0)
#define SLEEP_AND_STEP(m) do { (m)->due = NEVER; (m)->at = -__LINE__; return; case -__LINE__: steps++; } while (0)

static void run_host(void)
{
	struct machine *m = &host;

	BEGIN(m);
	STEP(m, EFFECT);
	status = in_status();
	looked = now;
	POLL_FOR(m, 1);
	STEP(m, LCLK); /* sleeps until its first request */
	PAUSE(m, HOST_FIRST + LCLK - now);
	STEP(m, EFFECT);
	in_status();
	ACCESS(m);
	out(WRITE_START, CD);
	LOOK(m);
	POLL_FOR(m, !(status & IBF));
	ACCESS(m);
	in_data();
	ACCESS(m);
	out(0x06 << 2, 0); /* NetFn App */
	LOOK(m);
	POLL_FOR(m, !(status & IBF));
	ACCESS(m);
	in_data();
	ACCESS(m);
	out(WRITE_END, CD);
	LOOK(m);
	POLL_FOR(m, !(status & IBF));
	ACCESS(m);
	in_data();
	ACCESS(m);
	out(0x01, 0); /* Get Device ID */
	LOOK(m);
	POLL_FOR(m, !(status & IBF));
	for (;;) {
		if (!(status & OBF))
			POLL_FOR(m, status & OBF);
		ACCESS(m);
		if ((status & STATE) != READ)
			break;
		read_data[read_pos++] = in_data();
		ACCESS(m);
		out(READ_BYTE, 0);
		LOOK(m);
		POLL_FOR(m, !(status & IBF));
	}
	in_data();
	LOOK(m);
	LOOK(m);
	POLL_FOR(m, 1);
	STEP(m, LCLK);
	END(m);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void transact(void)
{
	idr = odr = str = 0;
	sum = steps = 0;
	last_status = -1;
	phase = PH_IDLE;
	data_in_idx = data_in_avail = read_pos = watched = 0;
	host = (struct machine){ 0, HOST_START };
	irq = (struct machine){ 0, 0 };
	task = (struct machine){ 0, 0 };
	for (;;) {
		const Ps next = host.due < irq.due ? host.due < task.due ? host.due : task.due : irq.due < task.due ? irq.due : task.due;

		if (next == NEVER)
			return;
		now = next;
		if (task.due == next)
			run_task();
		else if (irq.due == next)
			run_irq();
		else
			run_host();
	}
}

int main(int argc, char **argv)
{
	const long count = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	struct timespec before, after;

	for (const char *byte = argc > 2 ? argv[2] : ""; byte[0] && byte[1]; byte += 2) {
		const char digits[] = { byte[0], byte[1], 0 };

		device_id[device_id_len++] = (uint8_t)strtol(digits, NULL, 16);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	for (long i = 0; i < count; i++)
		transact();
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	printf("%u %d %lld %.1f\n", steps, (int)sum, (long long)last_access,
	       ((after.tv_sec - before.tv_sec) * 1e9 + (after.tv_nsec - before.tv_nsec)) / (count > 0 ? count : 1));
	return 0;
}
