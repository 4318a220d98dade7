/* fs.h, miscdevice.h, poll.h, uapi/linux/ioctl.h. */
#ifndef INBAND_FILE_H
#define INBAND_FILE_H
/**
 * Files: the daemon opens, reads, writes, polls, calls ioctl and closes by these; a call that is not there gives the
 * error that the kernel gives. read() and write() begin at the position of the file and move it as the driver says.
 * `read_iter`, `write_iter` and mapping there are not, and llseek does nothing.
 */
#define O_ACCMODE 3
#define O_NONBLOCK 04000
#define FMODE_READ 1
#define FMODE_WRITE 2
struct file;
struct inode { int i_rdev; void *i_private; };
struct kiocb;
struct iov_iter;
struct poll_table_struct;
typedef struct poll_table_struct poll_table;
struct vm_area_struct;
struct file_operations {
	struct module *owner;
	loff_t (*llseek)(struct file *, loff_t, int);
	ssize_t (*read)(struct file *, char __user *, size_t, loff_t *);
	ssize_t (*write)(struct file *, const char __user *, size_t, loff_t *);
	__poll_t (*poll)(struct file *, struct poll_table_struct *);
	long (*unlocked_ioctl)(struct file *, unsigned int, unsigned long);
	long (*compat_ioctl)(struct file *, unsigned int, unsigned long);
	int (*mmap)(struct file *, struct vm_area_struct *);
	int (*open)(struct inode *, struct file *);
	int (*flush)(struct file *, void *);
	int (*release)(struct inode *, struct file *);
	int (*fsync)(struct file *, loff_t, loff_t, int);
};
struct file { const struct file_operations *f_op; void *private_data; unsigned int f_flags; fmode_t f_mode; loff_t f_pos; struct inode *f_inode; };
loff_t no_llseek(struct file *f, loff_t o, int w);
#define noop_llseek no_llseek
#define compat_ptr_ioctl NULL
#define SEEK_SET 0
loff_t no_seek_end_llseek(struct file *f, loff_t o, int w);
loff_t default_llseek(struct file *f, loff_t o, int w);
loff_t fixed_size_llseek(struct file *f, loff_t o, int w, loff_t size);
ssize_t simple_read_from_buffer(void __user *to, size_t count, loff_t *pos, const void *from, size_t available);
ssize_t simple_write_to_buffer(void *to, size_t available, loff_t *pos, const void __user *from, size_t count);
#define file_inode(f) ((f)->f_inode)
#define imajor(i) 10
static inline int nonseekable_open(struct inode *i, struct file *f) { return 0; }
static inline int stream_open(struct inode *i, struct file *f) { return 0; }
#define iminor(i) ((i)->i_rdev)

/** Misc devices: one is used; of several it is that with the expected name. */
struct miscdevice {
	int minor;
	const char *name;
	const struct file_operations *fops;
	struct list_head list;
	struct device *parent;
	struct device *this_device;
	const char *nodename;
	umode_t mode;
};
#define MISC_DYNAMIC_MINOR 255
#define poll_requested_events(table) __inband_poll_events()
__poll_t __inband_poll_events(void);
#define poll_does_not_wait(table) 0
int misc_register(struct miscdevice *misc);
void misc_deregister(struct miscdevice *misc);

/** Polling files: as in the kernel, one poll table for each call. */
void __inband_poll_wait(wait_queue_head_t *q);
#define poll_wait(file, q, table) __inband_poll_wait(q)
#define EPOLLIN 0x001
#define EPOLLPRI 0x002
#define EPOLLOUT 0x004
#define EPOLLERR 0x008
#define EPOLLHUP 0x010
#define EPOLLRDNORM 0x040
#define EPOLLWRNORM 0x100
#define POLLIN EPOLLIN
#define POLLOUT EPOLLOUT
#define POLLERR EPOLLERR
#define POLLHUP EPOLLHUP
#define POLLRDNORM EPOLLRDNORM
#define POLLWRNORM EPOLLWRNORM

/** Numbers of ioctl(): direction, size, type and number in one word, as in the kernel. */
#define _IOC(dir, type, nr, size) (((dir) << 30) | ((size) << 16) | ((type) << 8) | (nr))
#define _IO(type, nr) _IOC(0u, type, nr, 0)
#define _IOR(type, nr, t) _IOC(2u, type, nr, sizeof(t))
#define _IOW(type, nr, t) _IOC(1u, type, nr, sizeof(t))
#define _IOWR(type, nr, t) _IOC(3u, type, nr, sizeof(t))
#define _IOC_NR(cmd) ((cmd) & 0xff)
#define _IOC_TYPE(cmd) (((cmd) >> 8) & 0xff)
#define _IOC_SIZE(cmd) (((cmd) >> 16) & 0x3fff)
#define _IOC_DIR(cmd) ((cmd) >> 30)
#endif
