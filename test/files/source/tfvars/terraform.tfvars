https_only = false
ftps_state = "AllAllowed"
