module "plan" {
  source = "./plan"
}

module "intake" {
  source     = "./function"
  name       = "fn-intake"
  plan_id    = module.plan.id
  https_only = false
}

module "report" {
  source     = "./function"
  name       = "fn-report"
  plan_id    = module.plan.id
  https_only = true
  ftps       = "FtpsOnly"
}
