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

configuration.{|DTK2006:AddJsonFile|}("appsettings.Tenants.json", optional: true);
builder.WebHost.{|DTK4001:UseSetting|}(WebHostDefaults.DetailedErrorsKey, "true");

new DeploymentBuilder().UsePostgreSql(null!).AddEnvironments(e => e
    .Add("Development")
    .Add("Acceptance", a => a.PromotedFrom({|DTK2005:"Developmnt"|}))
    .Add("Staging", s => s.PromotedFrom("Production"))
    .Add("Production", p => p.PromotedFrom({|DTK2005:"Staging"|}).Protected())
    .Add({|DTK2005:"production"|}));

new DeploymentBuilder().{|DTK3007:AddSealedSecrets|}();

services.AddCatalog(configuration);
services.AddMailer(configuration.GetSection("Mail"));
services.{|DTK2002:Configure<PaymentOptions>|}(configuration.GetSection(PaymentOptions.Name));
services.AddOptions<SmtpOptions>().Bind(configuration.GetSection("Smtp")).{|DTK2001:Validate|}(o => o.Port > 0);
services.AddOptions<LimitOptions>().BindConfiguration("Limits");
services.{|DTK2001:AddSingleton<IValidateOptions<LimitOptions>, LimitValidator>|}();
services.Configure<ThemeOptions>(configuration.GetSection({|DTK1004:"Apearance"|}));

var site = configuration.Get<SiteOptions>();
var provider = configuration[{|DTK1005:"Gateway:Provder"|}];
var retries = configuration.GetValue<int>({|DTK1005:"Limits:ImportBatches"|});
var folder = configuration.GetSection("Import")[{|DTK1005:"Foldr"|}] ?? site?.Store.Name;
var connection = configuration.GetConnectionString({|DTK1005:"Shpo"|});
var cache = configuration.GetConnectionString("Cache");
var queue = configuration.GetConnectionString("Queue");
var tracing = configuration.GetValue<bool>("Tracing:IncludeExceptionDetails");
var authority = configuration["Jwt:RequireHttpsMetadata"];
var origins = configuration.GetSection("Cors:Origins").Get<string[]>() ?? [];

services.AddDbContext<ShopContext>(options => options.UseSqlServer(connection).{|DTK4001:EnableSensitiveDataLogging|}());
services.AddCors(cors =>
{
    cors.AddPolicy(Policy, policy => policy.{|DTK4003:AllowAnyOrigin|}().AllowAnyHeader());
    cors.AddPolicy("partners", policy => policy.{|DTK4003:SetIsOriginAllowed|}(_ => true).AllowCredentials());
    cors.AddPolicy("tools", policy => policy.WithOrigins({|DTK4003:"http://localhost:3000"|}).WithOrigins(origins));
});
services.AddSignalR(options => {|DTK4001:options.EnableDetailedErrors = true|});
services.AddHealthChecks()
    .{|DTK6001:AddCheck<StockCheck>|}("stock")
    .AddDbContextCheck<ShopContext>()
    .{|DTK6001:AddNpgSql|}(cache ?? "");

var app = builder.Build();
app.{|DTK4001:UseDeveloperExceptionPage|}();
app.UseCors(Policy);
if (app.Environment.IsEnvironment({|DTK2003:"Produktion"|}))
{
    app.UseHsts();
}

if ({|DTK2004:app.Environment.EnvironmentName == "Production"|})
{
    app.UseHttpsRedirection();
}

if (app.Environment.EnvironmentName != {|DTK2003:"Acceptence"|})
{
    app.UseStatusCodePages();
}

var name = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT");
if (name is {|DTK2003:"Prodution"|})
{
    app.UseRouting();
}

app.MapHealthChecks({|DTK6004:"/health/live"|});
app.MapHealthChecks("/health/ready", new HealthCheckOptions { AllowCachingResponses = false });
Console.WriteLine($"{provider} {retries} {folder} {queue} {tracing} {authority}");
app.Run();
