variable "name" {
  type = string
}

variable "plan_id" {
  type = string
}

variable "https_only" {
  type = bool
}

variable "ftps" {
  type    = string
  default = "AllAllowed"
}
