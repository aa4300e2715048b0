# testdata: small synthetic exports; made by make_testdata.py and kept, a test makes them again
EXTRA_DIST += testdata/.gitattributes testdata/make_testdata.py testdata/README.md testdata/expected.tsv testdata/23andme \
	testdata/ancestrydna testdata/myheritage testdata/foreign testdata/model
