using System;
using Deployment.Toolkit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Shop.Catalog;
using Shop.Web;

const string Policy = "shop";

var builder = WebApplication.CreateBuilder(args);
var configuration = builder.Configuration;
var services = builder.Services;

configuration.AddJsonFile("appsettings.Tenants.json", optional: true).AddEnvironmentVariables();
if (builder.Environment.IsDevelopment())
{
    builder.WebHost.UseSetting(WebHostDefaults.DetailedErrorsKey, "true");
}

new DeploymentBuilder().UsePostgreSql(null!).AddEnvironments(e => e
    .Add("Development")
    .Add("Acceptance", a => a.PromotedFrom("Development"))
    .Add("Staging", s => s.PromotedFrom("Acceptance"))
    .Add("Production", p => p.PromotedFrom("Staging").Protected()));

new DeploymentBuilder().AddSealedSecrets(s => s.Root("dtk1:Development:Mbe2SUsm1fQ0MXe2KNPNq7EGUu_f7pLLwlP53iJNdSM"));

services.AddCatalog(configuration);
services.AddMailer(configuration.GetSection("Mail"));
services.AddOptions<PaymentOptions>().Bind(configuration.GetSection(PaymentOptions.Name)).ValidateDataAnnotations().ValidateOnStart();
services.AddOptions<SmtpOptions>().Bind(configuration.GetSection("Smtp")).Validate(o => o.Port > 0).ValidateOnStart();
services.AddOptions<LimitOptions>().BindConfiguration("Limits").ValidateOnStart();
services.AddSingleton<IValidateOptions<LimitOptions>, LimitValidator>();
services.Configure<ThemeOptions>(configuration.GetSection("Appearance"));

var site = configuration.Get<SiteOptions>();
var provider = configuration["Gateway:Provider"];
var retries = configuration.GetValue<int>("Import:ImportBatches");
var folder = configuration.GetSection("Import")["Folder"] ?? site?.Store.Name;
var connection = configuration.GetConnectionString("Shop");
var cache = configuration.GetConnectionString("Cache");
var queue = configuration.GetConnectionString("Queue");
var tracing = configuration.GetValue<bool>("Tracing:IncludeExceptionDetails");
var authority = configuration["Jwt:RequireHttpsMetadata"];
var origins = configuration.GetSection("Cors:Origins").Get<string[]>() ?? [];

services.AddDbContext<ShopContext>(options => options.UseSqlServer(connection)
    .EnableSensitiveDataLogging(builder.Environment.IsDevelopment()));
services.AddCors(cors =>
{
    cors.AddPolicy(Policy, policy => policy.WithOrigins(origins).AllowAnyHeader());
    cors.AddPolicy("partners", policy => policy.SetIsOriginAllowed(origin => origin.EndsWith(".shop.example.com", StringComparison.Ordinal)).AllowCredentials());
    cors.AddPolicy("tools", policy => policy.WithOrigins("https://tools.example.com").WithOrigins(origins));
});
services.AddSignalR(options => options.EnableDetailedErrors = builder.Environment.IsDevelopment());
services.AddHealthChecks()
    .AddCheck<StockCheck>("stock", timeout: TimeSpan.FromSeconds(3))
    .AddDbContextCheck<ShopContext>()
    .AddNpgSql(cache ?? "", timeout: TimeSpan.FromSeconds(3));

var app = builder.Build();
if (app.Environment.IsDevelopment())
{
    app.UseDeveloperExceptionPage();
}

app.UseCors(Policy);
if (app.Environment.IsEnvironment("Production"))
{
    app.UseHsts();
}

if (app.Environment.IsProduction())
{
    app.UseHttpsRedirection();
}

if (!app.Environment.IsEnvironment("Acceptance"))
{
    app.UseStatusCodePages();
}

var name = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT");
if (string.Equals(name, "Production", StringComparison.OrdinalIgnoreCase))
{
    app.UseRouting();
}

app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
app.MapHealthChecks("/health/ready", new HealthCheckOptions { AllowCachingResponses = false });
Console.WriteLine($"{provider} {retries} {folder} {queue} {tracing} {authority}");
app.Run();
