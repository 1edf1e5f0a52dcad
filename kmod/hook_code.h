/* SPDX-License-Identifier: GPL-2.0-only */
/* The hooks that DEFINE_HOOK() has made, for the table: name by name. */
#ifndef VZ_KMOD_HOOK_CODE_H
#define VZ_KMOD_HOOK_CODE_H

#include "hook.h"

/* charge_task.c */
extern const struct hook_code hook_code_cgroup_can_fork;
extern const struct hook_code hook_code_cgroup_cancel_fork;
extern const struct hook_code hook_code_cgroup_release;
extern const struct hook_code hook_code_commit_creds;

/* charge_file.c */
extern const struct hook_code hook_code_security_file_alloc;
extern const struct hook_code hook_code_security_file_free;

/* charge_sock.c */
extern const struct hook_code hook_code_sk_alloc;
extern const struct hook_code hook_code_sk_clone;
extern const struct hook_code hook_code_sk_destruct;
extern const struct hook_code hook_code_inet_create;

/* charge_sockbuf_tcp.c */
extern const struct hook_code hook_code_tcp_send_rcvq;
extern const struct hook_code hook_code_tcp_wmem_schedule;
extern const struct hook_code hook_code_tcp_sendmsg_locked;
extern const struct hook_code hook_code_tcp_stream_memory_free;
extern const struct hook_code hook_code_tcp_poll;
extern const struct hook_code hook_code_tcp_connect;
extern const struct hook_code hook_code_tcp_make_synack;
extern const struct hook_code hook_code_tcp_write_queue_purge;
extern const struct hook_code hook_code_tcp_data_queue;
extern const struct hook_code hook_code_tcp_rcv_established;
extern const struct hook_code hook_code_tcp_rcv_state_process;

/* charge_sockbuf_send.c */
extern const struct hook_code hook_code_sock_alloc_send_pskb;
extern const struct hook_code hook_code_sock_wmalloc;
extern const struct hook_code hook_code_sock_wfree;
extern const struct hook_code hook_code_udp_sendmsg;
extern const struct hook_code hook_code_udpv6_sendmsg;
extern const struct hook_code hook_code_raw_sendmsg;
extern const struct hook_code hook_code_rawv6_sendmsg;
extern const struct hook_code hook_code_datagram_poll;
extern const struct hook_code hook_code_unix_poll;
extern const struct hook_code hook_code_unix_dgram_poll;

/* charge_sockbuf_recv.c */
extern const struct hook_code hook_code_sock_rfree;
extern const struct hook_code hook_code___udp_enqueue_schedule_skb;
extern const struct hook_code hook_code_udp_rmem_release;
extern const struct hook_code hook_code___sock_queue_rcv_skb;
extern const struct hook_code hook_code_packet_rcv;
extern const struct hook_code hook_code___netlink_sendskb;

/* charge_lock.c */
extern const struct hook_code hook_code_flock_lock_inode;
extern const struct hook_code hook_code_posix_lock_inode;
extern const struct hook_code hook_code_locks_copy_lock;
extern const struct hook_code hook_code_locks_unlink_lock_ctx;

/* charge_pty.c */
extern const struct hook_code hook_code_devpts_new_index;
extern const struct hook_code hook_code_devpts_kill_index;

/* charge_signal.c */
extern const struct hook_code hook_code_inc_rlimit_get_ucounts;
extern const struct hook_code hook_code_dec_rlimit_put_ucounts;

/* charge_vm.c */
extern const struct hook_code hook_code_mmap_region;
extern const struct hook_code hook_code_do_brk_flags;
extern const struct hook_code hook_code_expand_downwards;
extern const struct hook_code hook_code_mprotect_fixup;
extern const struct hook_code hook_code_may_expand_vm;
extern const struct hook_code hook_code_userfaultfd_unmap_complete;
extern const struct hook_code hook_code_ldt_dup_context;
extern const struct hook_code hook_code_begin_new_exec;
extern const struct hook_code hook_code_exit_mmap;

/* charge_mlock.c */
extern const struct hook_code hook_code_mlock_fixup;
extern const struct hook_code hook_code___x64_sys_mlockall;
extern const struct hook_code hook_code___ia32_sys_mlockall;
extern const struct hook_code hook_code_ksys_shmdt;
extern const struct hook_code hook_code_user_shm_lock;
extern const struct hook_code hook_code_user_shm_unlock;

/* charge_shm.c */
extern const struct hook_code hook_code___shmem_file_setup;
extern const struct hook_code hook_code___shmem_get_inode;
extern const struct hook_code hook_code_shmem_add_to_page_cache;
extern const struct hook_code hook_code_shmem_charge;
extern const struct hook_code hook_code_shmem_recalc_inode;
extern const struct hook_code hook_code_shmem_evict_inode;

/* overcommit.c */
extern const struct hook_code hook_code___vm_enough_memory;

/* charge_kmem.c */
extern const struct hook_code hook_code_obj_cgroup_charge;
extern const struct hook_code hook_code___memcg_kmem_charge_page;
extern const struct hook_code hook_code_mod_memcg_state;
extern const struct hook_code hook_code_pagefault_out_of_memory;

/* charge_dcache.c */
extern const struct hook_code hook_code___d_alloc;

/* memcg_limit.c */
extern const struct hook_code hook_code_try_to_free_mem_cgroup_pages;

/* oom.c */
extern const struct hook_code hook_code_oom_badness;
extern const struct hook_code hook_code_out_of_memory;

/* oom_pace.c */
extern const struct hook_code hook_code_dump_header;

/* charge_xtables.c */
extern const struct hook_code hook_code_xt_free_table_info;
extern const struct hook_code hook_code_xt_register_table;
extern const struct hook_code hook_code_xt_replace_table;

/* charge_nftables.c */
int nftables_prepare(void);
extern const struct hook_code hook_code_nf_tables_exit_net;
extern const struct hook_code hook_code_nf_tables_netdev_event;
extern const struct hook_code hook_code_nft_rcv_nl_event;
extern const struct hook_code hook_code_nf_tables_abort;
extern const struct hook_code hook_code_nf_tables_commit;
extern const struct hook_code hook_code_nf_tables_newrule;

/* charge_ucount.c */
int ucount_prepare(void);
extern const struct hook_code hook_code_inc_ucount;
extern const struct hook_code hook_code_dec_ucount;

/* pace.c */
extern const struct hook_code hook_code_cgroup_mkdir;
extern const struct hook_code hook_code___cgroup_procs_write;
extern const struct hook_code hook_code_cgroup_subtree_control_write;
extern const struct hook_code hook_code_cgroup_type_write;

/* charge_aio.c */
extern const struct hook_code hook_code_ioctx_alloc;
extern const struct hook_code hook_code_kill_ioctx;

/* charge_mount.c */
extern const struct hook_code hook_code_alloc_vfsmnt;
extern const struct hook_code hook_code_cleanup_mnt;

/* charge_net.c */
extern const struct hook_code hook_code_register_netdevice;
extern const struct hook_code hook_code____neigh_create;
extern const struct hook_code hook_code_pneigh_create;
extern const struct hook_code hook_code_neigh_destroy;

/* charge_conntrack.c */
extern const struct hook_code hook_code___nf_conntrack_alloc;
extern const struct hook_code hook_code_nf_conntrack_free;

/* charge_helper.c */
int coredump_prepare(void);
extern const struct hook_code hook_code_vfs_coredump;
extern const struct hook_code hook_code_request_key_auth_new;
extern const struct hook_code hook_code_security_kernel_module_request;

/* sync.c */
int sync_prepare(void);
extern const struct hook_code hook_code_ksys_sync;

/* proc_view.c */
extern const struct hook_code hook_code_proc_lookup_de;
extern const struct hook_code hook_code_proc_readdir_de;

/* ct_ns.c */
extern const struct hook_code hook_code_create_user_ns;
extern const struct hook_code hook_code_retire_userns_sysctls;

#endif
