"""A case: a file and the verdict it must get."""
from collections import namedtuple

# reason of each code, as the interface promises it
REASONS = {
    'ok': '',
    'file-empty': 'file_empty', 'member-empty': 'file_empty', 'file-too-large': 'file_too_large',
    'not-a-zip': 'file_type_not_allowed', 'zip-without-entries': 'zip_unexpected_contents',
    'zip-truncated': 'zip_corrupt', 'zip-many-ends': 'zip_corrupt', 'zip-end-record': 'zip_corrupt',
    'zip-directory': 'zip_corrupt', 'zip-local-header': 'zip_corrupt', 'zip-header-mismatch': 'zip_corrupt',
    'zip-descriptor': 'zip_corrupt', 'zip-extra-field': 'zip_corrupt', 'zip-zip64': 'zip_corrupt',
    'zip-split': 'zip_corrupt',
    'zip-prefix': 'zip_corrupt', 'zip-gap': 'zip_corrupt', 'zip-trailer': 'zip_corrupt', 'zip-overlap': 'zip_unsafe',
    'zip-crc-mismatch': 'zip_corrupt', 'zip-size-mismatch': 'zip_corrupt', 'zip-deflate': 'zip_corrupt',
    'zip-unreadable': 'zip_corrupt', 'zip-encrypted': 'zip_encrypted', 'zip-method': 'zip_unexpected_contents',
    'zip-too-many-entries': 'zip_unsafe',
    'zip-directory-too-large': 'zip_unsafe', 'zip-comment-too-large': 'zip_unsafe', 'zip-name': 'zip_unsafe',
    'zip-name-too-long': 'zip_unsafe', 'zip-name-twice': 'zip_unsafe', 'zip-not-regular': 'zip_unsafe',
    'zip-bomb-size': 'zip_unsafe', 'zip-bomb-ratio': 'zip_unsafe', 'zip-no-member': 'zip_unexpected_contents',
    'zip-several-members': 'zip_unexpected_contents', 'zip-nested': 'zip_unexpected_contents',
    'gzip-header': 'zip_corrupt', 'gzip-truncated': 'zip_corrupt', 'gzip-data': 'zip_corrupt',
    'text-bom': 'file_modified', 'text-utf16': 'file_modified', 'text-nul': 'file_modified',
    'text-control': 'file_modified',
    'text-not-ascii': 'file_modified', 'text-binary': 'provider_not_supported', 'line-too-long': 'file_modified',
    'line-blank': 'file_modified', 'line-end-mixed': 'file_modified', 'line-end-missing': 'file_incomplete',
    'header-too-long': 'provider_not_supported', 'vendor-foreign': 'provider_not_supported',
    'vendor-unknown': 'provider_not_supported', 'vendor-ambiguous': 'file_modified',
    'version-unknown': 'format_version_not_supported', 'build-unknown': 'format_version_not_supported',
    'build-conflict': 'file_modified', 'header-modified': 'file_modified', 'header-repeated': 'file_modified',
    'header-without-columns': 'file_incomplete', 'header-unknown': 'file_modified', 'row-columns': 'file_modified',
    'row-separator': 'file_modified', 'row-quotes': 'file_modified', 'row-space': 'file_modified',
    'rsid-empty': 'file_modified',
    'rsid-invalid': 'file_modified', 'position-not-number': 'file_modified', 'position-too-large': 'file_modified',
    'position-missing': 'file_modified', 'position-beyond-contig': 'file_modified',
    'chromosome-invalid': 'file_modified',
    'allele-invalid': 'file_modified', 'no-rows': 'file_incomplete', 'too-few-rows': 'file_incomplete',
    'rows-out-of-order': 'file_modified', 'row-twice': 'file_modified', 'rezipped': 'zip_unexpected_contents',
    'build-36': 'format_version_not_supported', 'zip-document': 'file_type_not_allowed',
    'chromosome-missing': 'file_incomplete', 'one-chromosome': 'file_incomplete', 'rows-cut-off': 'file_incomplete',
}

# code None: any code of that reason. warnings: the warnings' codes that must be there, no others; None: any.
Case = namedtuple('Case', 'name code reason data arguments warnings')


def refused(name, code, data, arguments=(), reason=None):
    return Case(name, code, reason or REASONS[code], data, tuple(arguments), None)


def accepted(name, data, warnings=(), arguments=()):
    return Case(name, 'ok', '', data, tuple(arguments), None if warnings is None else tuple(warnings))
