# SPDX-License-Identifier: GPL-2.0-or-later
# What a VM is made of: kernel, initramfs, root and /vz images, our own build.
# shellcheck shell=bash

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# kernel, end of its packages' names, suite that has them, Debian release to
# compile for it in ("-": this machine).  All are Debian's cloud flavour for
# amd64; without a release in the name it is the newest of the suite.
KERNELS='
6.1	cloud-amd64			bookworm		-
6.12	cloud-amd64			bookworm-backports	bookworm
7.2	7.2.12+deb13-cloud-amd64	trixie-backports	trixie
'

ROOT_PACKAGES='busybox-static iproute2 iptables arptables nftables procps psmisc kmod
	e2fsprogs quota attr acl libcap2-bin socat netcat-openbsd iputils-ping
	strace jq rsync pigz bzip2 xz-utils zstd
	libnl-3-200 libnl-genl-3-200 libnl-route-3-200 libjson-c5 libseccomp2'

# What the disks and the ports need before /lib/modules is there.
BOOT_DRIVERS='virtio_pci virtio_blk virtio_console virtio_rng ext4 quota_v2'

kernel_names() {
	awk 'NF { print $1 }' <<<"$KERNELS"
}

# kernel_dir V: a folder with release, vmlinux, modules.img, boot-drivers/ and
# perhaps build-root/
kernel_dir() {
	local name suite build_root package

	read -r name suite build_root < <(awk -v v="$1" '$1 == v { print $2, $3, $4 }' <<<"$KERNELS") ||
		die "kernel $1 is not one of: $(kernel_names | xargs)"
	if [ "$build_root" != - ]; then
		cached kernel build_foreign_kernel "$name" "$suite" "$build_root" "$BOOT_DRIVERS"
		return
	fi
	# The meta-package names the package, and its version is the key.
	package=$(with_fresh_lists apt-cache --no-all-versions show "linux-image-$name" |
		sed -n 's/^Depends: \(linux-image-[^ ]*\) (= \(.*\))$/\1=\2/p')
	cached kernel build_kernel "$package" "$BOOT_DRIVERS"
}

build_kernel() {
	local out=$1 package=$2 drivers=$3

	say "fetching ${package%=*}"
	cd "$out"
	with_fresh_lists apt-get -qq -o APT::Sandbox::User=root download "$package"
	unpack_kernel "$drivers" ./*.deb
	rm ./*.deb
}

# A kernel of another suite comes with a root file system that has the compiler
# and the headers for it; this machine's apt knows nothing of that suite.
build_foreign_kernel() {
	local out=$1 name=$2 suite=$3 build_root=$4 drivers=$5 release

	say "fetching the kernel of $suite and a compiler for it, takes a minute"
	cd "$out"
	make_root "$build_root $suite" build-root \
		"make gcc libc6-dev rsync linux-headers-$name/$suite"
	release=$(cd build-root/lib/modules && echo *-cloud-amd64)
	# Newer kernels are in four packages, older ones in one.
	chroot build-root sh -c "cd /tmp && apt-get -qq -o APT::Sandbox::User=root update &&
		apt-cache pkgnames | grep -xF -e linux-image-$release \
			-e linux-base-$release -e linux-binary-$release -e linux-modules-$release |
		xargs apt-get -qq -o APT::Sandbox::User=root download"
	unpack_kernel "$drivers" build-root/tmp/*.deb
	rm -rf build-root/{tmp,var/lib/apt/lists,var/cache/apt}/*
}

# unpack_kernel DRIVERS DEB...: into the current directory
unpack_kernel() {
	local drivers=$1 deb release

	shift
	for deb; do
		dpkg-deb --extract "$deb" tree
	done
	# newer packages have no /lib of their own
	[ -d tree/lib ] || ln -s usr/lib tree/lib
	release=$(ls tree/lib/modules)
	extract_vmlinux "$(find tree -name 'vmlinuz*')" >vmlinux
	depmod --basedir tree "$release"
	# shellcheck disable=SC2086 # a list of words
	copy_drivers tree "$release" boot-drivers $drivers
	make_image tree/lib/modules/ modules.img 256M
	rm -r tree
	echo "$release" >release
}

# for_kernel COMMAND...: in the checkout, where there is a compiler for the
# kernel of $kernel_dir
for_kernel() {
	local root=$kernel_dir/build-root

	cd "$VZMOD_TOP"
	if [ ! -d "$root" ]; then
		"$@"
		return
	fi
	mkdir -p "$root$PWD"
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --propagation private sh -c '
		root=$1 && shift &&
		mount --bind "$PWD" "$root$PWD" && mount -t proc proc "$root/proc" &&
		exec chroot "$root" env --chdir="$PWD" "$@"' - "$root" "$@"
}

# The boot protocol's header says where the compressed kernel is.  The build
# appends its size, four bytes, to the formats that do not hold it themselves.
extract_vmlinux() {
	local setup_sects offset length
	setup_sects=$(od -An -tu1 -j 0x1f1 -N 1 "$1")
	offset=$(((setup_sects + 1) * 512 + $(od -An -tu4 -j 0x248 -N 4 "$1")))
	length=$(od -An -tu4 -j 0x24c -N 4 "$1")

	payload() {
		dd if="$1" bs=1M iflag=skip_bytes,count_bytes skip="$offset" count="$2" status=none
	}

	case $(payload "$1" 2 | od -An -tx1) in
	' 02 21')	payload "$1" $((length - 4)) | lz4 -dc ;;
	' fd 37')	payload "$1" $((length - 4)) | xz -dc ;;
	' 28 b5')	payload "$1" $((length - 4)) | zstd -dc ;;
	' 1f 8b')	payload "$1" "$length" | gzip -dc ;;
	*)		die "$1: unknown compression" ;;
	esac
}

# copy_drivers BASE RELEASE TO NAME...: the modules and what they depend on,
# uncompressed; the file "order" lists them as they must be loaded
copy_drivers() {
	local base=$1 release=$2 to=$3 name path

	shift 3
	mkdir "$to"
	for name; do
		modprobe -d "$base" -S "$release" --show-depends "$name"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
	while read -r path; do
		name=$(basename "${path%.ko*}").ko
		case $path in
		*.xz)	xz -dc "$path" ;;
		*.zst)	zstd -qdc "$path" ;;
		*)	cat "$path" ;;
		esac >"$to/$name"
		echo "$name"
	done >"$to/order"
}

# initramfs KERNEL-DIR: the drivers and our PID 1
initramfs() {
	cached initramfs build_initramfs "$1" "$(cat "$VZMOD_TOP/tests/qemu/init.c")"
}

build_initramfs() {
	mkdir -p "$1"/root/{dev,proc,sys,disk}
	cp -r "$2/boot-drivers" "$1/root/modules"
	gcc -static -O2 -Wall -x c -o "$1/root/init" - <<<"$3"
	(cd "$1/root" && find . | cpio --quiet -o -H newc | gzip) >"$1/initramfs"
	rm -r "$1/root"
}

# root_image: the Debian that every VM boots from
root_image() {
	# shellcheck disable=SC2086 # a list of words
	cached root build_root_image $ROOT_PACKAGES
}

build_root_image() {
	local out=$1

	shift
	say "building the image of the VM, takes a minute"
	make_root bookworm "$out/tree" "$*"
	mkdir -p "$out/tree"/{vz,usr/lib/modules}
	make_image "$out/tree" "$out/image" 3G
	rm -r "$out/tree"
}

# vz_image [NAME=TARBALL]...: the disk for /vz with these OS templates
vz_image() {
	cached vz build_vz_image "$@"
}

build_vz_image() {
	local out=$1

	shift
	mkdir -p "$out"/vz/{private,root,lock,dump,template/cache}
	chmod 700 "$out"/vz/{private,root}
	[ $# -eq 0 ] || cp "$@" "$out/vz/template/cache"
	make_image "$out/vz" "$out/image" 6G
	rm -r "$out/vz"
}

# build_checkout RELEASE DIRECTORY: build the module and the tools and put them
# where they are to be found in the VM.  Silent if all goes well; one at a time,
# as they are all built in the same place.
build_checkout() {
	local release=$1 out=$2 log=$VZMOD_TOP/build/log

	need_packages make gcc libc6-dev rsync libjson-c-dev libmount-dev libcap-dev
	[ -d "$kernel_dir/build-root" ] || need_packages "linux-headers-$release"
	mkdir -p "$VZMOD_TOP/build" "$out/root"
	(
		flock 9
		cd "$VZMOD_TOP"
		for_kernel make module KREL="$release" &&
		cp "build/$release/vzmod.ko" "$out/root/" &&
		make -C userspace install DESTDIR="$out"
	) 9>"$log.lock" >"$log" 2>&1 </dev/null || {
		tail -n 30 "$log" >&2
		die "the checkout does not build, see above"
	}
}

# prepare_images KERNEL: sets the variables that scripts/vm makes its QEMU from
# shellcheck disable=SC2034
prepare_images() {
	need_packages qemu-system-x86 mmdebstrap e2fsprogs kmod cpio lz4 gcc libc6-dev
	kernel_dir=$(kernel_dir "$1")
	release=$(cat "$kernel_dir/release")
	initramfs=$(initramfs "$kernel_dir")/initramfs
	root_image=$(root_image)/image
	templates=$("$VZMOD_TOP/scripts/mktemplate" debian-12-x86_64-minimal debian-12-x86_64)
	mapfile -t templates <<<"$templates"
	vz_image=$(vz_image "${templates[@]}")/image
}
