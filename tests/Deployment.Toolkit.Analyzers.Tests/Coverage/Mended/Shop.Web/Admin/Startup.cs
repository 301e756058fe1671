using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.Logging;

namespace Shop.Web.Admin;

/// <summary>The back office still starts the old way.</summary>
public sealed class Startup(IConfiguration configuration, IWebHostEnvironment environment)
{
    public static IHostBuilder CreateHostBuilder(string[] args) => Host.CreateDefaultBuilder(args)
        .ConfigureAppConfiguration((_, files) => files.AddJsonFile("admin.json").AddEnvironmentVariables("SHOP_"))
        .ConfigureWebHostDefaults(web => web.UseStartup<Startup>());

    public void ConfigureServices(IServiceCollection services)
    {
        var report = configuration.GetSection("Report").Get<ReportOptions>() ?? new ReportOptions();
        Validator.ValidateObject(report, new ValidationContext(report), validateAllProperties: true);
        services.AddSingleton(report);
        services.Configure<JwtBearerOptions>(options =>
        {
            options.Authority = "https://login.example.com";
            options.RequireHttpsMetadata = !environment.IsDevelopment();
            options.TokenValidationParameters.ValidateAudience = !environment.IsDevelopment();
        });
        IdentityModelEventSource.ShowPII = environment.IsDevelopment();
    }

    public void Configure(IApplicationBuilder app)
    {
        if (environment.IsDevelopment())
        {
            app.UseDeveloperExceptionPage();
        }
        else
        {
            app.UseExceptionHandler("/error");
        }

        if (environment.IsStaging() || environment.IsEnvironment("Acceptance"))
        {
            app.UseStatusCodePages();
        }

        app.UseHealthChecks("/livez", new HealthCheckOptions { Predicate = _ => false });
        app.UseCors(policy => policy.WithOrigins("https://office.example.com"));
    }
}
