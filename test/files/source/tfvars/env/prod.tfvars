http2 = true
