# pages: HTML from plain structs. The files a browser gets are turned into C strings here, with sed alone.
pages_files = tools/array-upload/pages/upload.html tools/array-upload/pages/result.html \
	tools/array-upload/pages/person.html tools/array-upload/pages/person_layout.html \
	tools/array-upload/pages/certificates.html \
	tools/array-upload/pages/report.html \
	tools/array-upload/pages/upload.js tools/array-upload/pages/upload.css tools/array-upload/pages/person.css \
	tools/array-upload/pages/zip.js \
	tools/array-upload/pages/operator/account.html tools/array-upload/pages/operator/audit.html \
	tools/array-upload/pages/operator/brand.html tools/array-upload/pages/operator/keys.html \
	tools/array-upload/pages/operator/layout.html tools/array-upload/pages/operator/login.html \
	tools/array-upload/pages/operator/message.html tools/array-upload/pages/operator/project.html \
	tools/array-upload/pages/operator/projects.html tools/array-upload/pages/operator/sample.html \
	tools/array-upload/pages/operator/session.html tools/array-upload/pages/operator/settings.html \
	tools/array-upload/pages/operator/subscription.html \
	tools/array-upload/pages/operator/subscriptions.html tools/array-upload/pages/operator/users.html \
	tools/array-upload/pages/operator/operator.js \
	tools/array-upload/pages/operator/operator.css
pages_catalogs = tools/array-upload/pages/i18n/en.json tools/array-upload/pages/i18n/de.json
pages_made = tools/array-upload/pages/embedded_files.c tools/array-upload/pages/embedded_catalogs.c
EXTRA_DIST += tools/array-upload/pages/README.md $(pages_files) $(pages_catalogs)
CLEANFILES += $(pages_made)

# A file becomes one string; its name as an asset carries cksum's CRC, so that a changed file is a new address.
tools/array-upload/pages/embedded_files.c: $(pages_files) tools/array-upload/pages/local.mk
	$(AM_V_GEN)$(MKDIR_P) $(@D) && { \
	echo '#include "array-upload/pages/embedded.h"'; \
	echo 'const embedded_file embedded_files[] = {'; \
	for f in $(pages_files); do \
	  file=$$f; test -f "$$file" || file='$(srcdir)'/$$f; name=`basename "$$f"`; \
	  crc=`cksum < "$$file"`; crc=`echo "$$crc" | sed 's/ .*//'`; \
	  echo "{\"$$name\", \"$$crc-$$name\","; \
	  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/?/\\?/g' -e 's/^/"/' -e 's/$$/\\n"/' "$$file" || exit 1; \
	  echo '},'; \
	done; \
	echo '};'; \
	echo 'const size_t embedded_file_count = sizeof embedded_files / sizeof embedded_files[0];'; \
	} > $@.tmp && mv $@.tmp $@

# A catalog has one `"key": "text"` a line, in strcmp's order of the keys; JSON's escapes are C's.
tools/array-upload/pages/embedded_catalogs.c: $(pages_catalogs) tools/array-upload/pages/local.mk
	$(AM_V_GEN)$(MKDIR_P) $(@D) && { \
	echo '#include "array-upload/pages/catalogs.h"'; \
	for f in $(pages_catalogs); do \
	  file=$$f; test -f "$$file" || file='$(srcdir)'/$$f; lang=`basename "$$f" .json`; \
	  echo "static const catalog_entry entries_$$lang[] = {"; \
	  sed -n 's/^ *\("[a-z0-9._A-Z-]*"\): \(".*"\),*$$/{\1, \2},/p' "$$file" || exit 1; \
	  echo '};'; \
	done; \
	echo 'const catalog catalogs[] = {'; \
	for f in $(pages_catalogs); do \
	  file=$$f; test -f "$$file" || file='$(srcdir)'/$$f; lang=`basename "$$f" .json`; \
	  dir=`sed -n 's/^ *"language.direction": "\(.*\)",*$$/\1/p' "$$file"`; \
	  echo "{\"$$lang\", \"$$dir\", entries_$$lang, sizeof entries_$$lang / sizeof entries_$$lang[0]},"; \
	done; \
	echo '};'; \
	echo 'const size_t catalog_count = sizeof catalogs / sizeof catalogs[0];'; \
	} > $@.tmp && mv $@.tmp $@

if BUILD_ARRAY_UPLOAD
noinst_LTLIBRARIES += tools/array-upload/pages/libpages.la
tools_array_upload_pages_libpages_la_SOURCES = \
	tools/array-upload/pages/asset.c tools/array-upload/pages/asset.h \
	tools/array-upload/pages/buffer.c tools/array-upload/pages/buffer.h \
	tools/array-upload/pages/catalog.c tools/array-upload/pages/catalog.h tools/array-upload/pages/catalogs.h \
	tools/array-upload/pages/colour.c tools/array-upload/pages/colour.h \
	tools/array-upload/pages/embedded.h \
	tools/array-upload/pages/escape.c tools/array-upload/pages/escape.h \
	tools/array-upload/pages/operator.h tools/array-upload/pages/operator_access.c \
	tools/array-upload/pages/operator_brand.c \
	tools/array-upload/pages/operator_frame.c tools/array-upload/pages/operator_frame.h \
	tools/array-upload/pages/operator_hooks.c tools/array-upload/pages/operator_people.c \
	tools/array-upload/pages/operator_projects.c \
	tools/array-upload/pages/operator_sample.c \
	tools/array-upload/pages/person_frame.c tools/array-upload/pages/person_frame.h \
	tools/array-upload/pages/person_page.c tools/array-upload/pages/person_page.h \
	tools/array-upload/pages/qr.c tools/array-upload/pages/qr.h \
	tools/array-upload/pages/render.c tools/array-upload/pages/render.h \
	tools/array-upload/pages/report_page.c tools/array-upload/pages/report_page.h \
	tools/array-upload/pages/upload_page.c tools/array-upload/pages/upload_page.h
nodist_tools_array_upload_pages_libpages_la_SOURCES = $(pages_made)
tools_array_upload_pages_libpages_la_CPPFLAGS = $(array_upload_cppflags)
tools_array_upload_pages_libpages_la_LIBADD = $(QRENCODE_LIBS) -lm
endif
