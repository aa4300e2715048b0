# testdata
