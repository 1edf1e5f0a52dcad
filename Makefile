# SPDX-License-Identifier: GPL-2.0-or-later
# Entry points.  The module is built in build/<kernel release>/, so that
# several kernels can be built for side by side; the tools in build/userspace/.

KREL ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KREL)/build
BUILD := build/$(KREL)
MODULE_SOURCES := Kbuild kernel kmod include

.PHONY: help module module-locked tools check check-unit demo lint clean

help:
	@echo 'make module KREL=...  vzmod.ko for that kernel, in build/KREL/'
	@echo 'make tools            vzctl, vzlist, vzubc..., in build/userspace/'
	@echo 'make demo             the classic session in a test VM'
	@echo 'make check            all tests: unit, then in test VMs'
	@echo 'make check-unit       unit tests only (seconds, no root)'
	@echo 'make lint             style, types, layers, documentation'
	@echo 'make clean            remove build/'

# One at a time in a build folder.
module:
	@mkdir -p $(BUILD)
	+@flock $(BUILD).lock $(MAKE) --no-print-directory module-locked

module-locked:
	@rsync -a --delete $(foreach f,*.o .*.cmd *.mod *.mod.c *.ko *.symvers \
		*.order,--filter='P $(f)') --exclude=README.md \
		$(MODULE_SOURCES) $(BUILD)/
	$(MAKE) -C $(KDIR) M=$(CURDIR)/$(BUILD) $(if $(C),C=$(C)) \
		$(if $(W),W=$(W)) $(if $(CF),CF="$(CF)") modules

tools:
	$(MAKE) -C userspace

check-unit:
	$(MAKE) -C tests/unit check

check:
	scripts/check

demo:
	scripts/demo

lint:
	scripts/lint.sh

clean:
	rm -rf build
