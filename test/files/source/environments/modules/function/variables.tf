variable "name" { type = string }
variable "plan_id" {
  type    = string
  default = null
}
variable "https_only" {
  type    = bool
  default = true
}
variable "tls" { type = string }
variable "ftps" { type = string }
variable "settings" {
  type    = map(string)
  default = {}
}
