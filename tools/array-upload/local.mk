# array-upload
