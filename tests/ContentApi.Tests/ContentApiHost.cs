using Deployment.Toolkit;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ContentApi.Tests;

/// <summary>The sample inside this process, with its database and journal in a folder of the test's.</summary>
internal sealed class ContentApiHost(ContentFolder folder, params (string Key, string Value)[] settings) : WebApplicationFactory<Program>
{
    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.ConfigureLogging(static logging => logging.ClearProviders());
        builder.UseSetting("Deployment:Directory", Path.Combine(folder.Path, ".deployment"));
        builder.UseSetting("ConnectionStrings:Content", $"Data Source={folder.Database.File};Pooling=False");
        foreach (var (key, value) in settings) builder.UseSetting(key, value);
    }

    internal Task<DeploymentResult> DeployAsync(string release) =>
        Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = release }, TestContext.Current.CancellationToken);

    internal Task<DeploymentResult> RollBackAsync(bool acceptDataLoss = false) =>
        Services.GetRequiredService<Deployer>().RollbackAsync(new RollbackRequest { AcceptDataLoss = acceptDataLoss }, TestContext.Current.CancellationToken);
}
