# packaging: completions are installed under the names by which the shells look for them.
EXTRA_DIST += tools/packaging/NEWS tools/packaging/README.md tools/packaging/build-deb tools/packaging/try-deb \
	tools/packaging/release tools/packaging/version \
	tools/packaging/debian tools/packaging/completion tools/packaging/bioconda tools/packaging/snakemake \
	tools/packaging/nf-core tools/packaging/oci
completions = genotype-validate genotype-convert genotype-sites genotype-score genotype-impute genotype-cohort array-upload
completion = $(srcdir)/tools/packaging/completion
bashdir = $(DESTDIR)$(datadir)/bash-completion/completions
fishdir = $(DESTDIR)$(datadir)/fish/vendor_completions.d
zshdir = $(DESTDIR)$(datadir)/zsh/site-functions

# A program that was not built gets none.
install-data-hook: $(data_hooks)
	$(MKDIR_P) '$(bashdir)' '$(fishdir)' '$(zshdir)'
	$(INSTALL_DATA) $(completion)/_dtcgeno '$(zshdir)/_dtcgeno'
	for program in $(completions); do \
	  case ' $(bin_PROGRAMS) ' in *" $$program"*) ;; *) continue ;; esac; \
	  $(INSTALL_DATA) $(completion)/dtcgeno.bash "$(bashdir)/$$program" && \
	  $(INSTALL_DATA) $(completion)/dtcgeno.fish "$(fishdir)/$$program.fish" || exit 1; \
	done
uninstall-hook:
	rm -f '$(zshdir)/_dtcgeno'
	for program in $(completions); do rm -f "$(bashdir)/$$program" "$(fishdir)/$$program.fish"; done
