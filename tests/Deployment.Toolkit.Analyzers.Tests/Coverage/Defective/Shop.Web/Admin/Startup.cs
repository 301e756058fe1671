using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
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
        .ConfigureAppConfiguration((_, files) => files.AddEnvironmentVariables("SHOP_").{|DTK2006:AddJsonFile|}("admin.json"))
        .ConfigureWebHostDefaults(web => web.UseStartup<Startup>());

    public void ConfigureServices(IServiceCollection services)
    {
        var report = configuration.GetSection("Report").{|DTK2002:Get<ReportOptions>|}();
        services.AddSingleton(report ?? new ReportOptions());
        services.Configure<JwtBearerOptions>(options =>
        {
            options.Authority = "https://login.example.com";
            {|DTK4006:options.RequireHttpsMetadata = false|};
            {|DTK4008:options.TokenValidationParameters.ValidateAudience = false|};
        });
        {|DTK4001:IdentityModelEventSource.ShowPII = true|};
    }

    public void Configure(IApplicationBuilder app)
    {
        switch ({|DTK2004:environment.EnvironmentName|})
        {
            case "Development":
                app.UseDeveloperExceptionPage();
                break;
            case {|DTK2003:"Stagging"|}:
                app.UseStatusCodePages();
                break;
            default:
                app.UseExceptionHandler("/error");
                break;
        }

        if ({|DTK2004:environment.EnvironmentName is "Staging" or "Acceptance"|})
        {
            app.UseStatusCodePages();
        }

        app.UseHealthChecks({|DTK6004:"/livez"|});
        app.UseCors(policy => policy.WithOrigins({|DTK4003:"*"|}));
    }
}
