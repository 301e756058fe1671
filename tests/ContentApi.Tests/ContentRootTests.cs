using Deployment.Toolkit;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ContentApi.Tests;

public sealed class ContentRootTests : IDisposable
{
    private readonly ContentFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Development")]
    [InlineData("development")]
    public async Task A_relative_database_lies_in_the_content_root_whatever_the_current_folder_is(string environment)
    {
        ContentFolder.CopySettingsTo(_folder.Path);
        await using var app = new WebApplicationFactory<Program>();
        await using var host = app.WithWebHostBuilder(builder => builder.UseEnvironment(environment).UseContentRoot(_folder.Path));

        await host.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = "1.0.0" }, TestContext.Current.CancellationToken);

        Assert.True(File.Exists(Path.Combine(_folder.Path, "content.development.db")));
        Assert.False(File.Exists("content.development.db"));
    }
}
