using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Masking;
using Deployment.Toolkit.Secrets.Sealing;
using Deployment.Toolkit.Secrets.Sources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Hosting;

/// <summary>Puts the sources of secrets into their order: variables, mounted files, the sealed file, user secrets, then those of packages and the app.</summary>
internal static class SecretSources
{
    internal static SecretResolver Create(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var host = services.GetRequiredService<IHostEnvironment>();
        var environments = services.GetRequiredService<DeploymentModel>().Environments;
        var folder = MountedFolder(services);
        var takesEmpty = bool.TryParse(configuration[EnvironmentSecretSource.TakesEmptyKey], out var isAllowed) && isAllowed;
        ISecretSource[] own = [.. services.GetServices<ISecretSource>()];
        return new SecretResolver(
            [new EnvironmentSecretSource(takesEmpty), new MountedSecretSource(folder, takesEmpty), .. own.Where(static source => source is SealedSecretSource), new UserSecretSource(configuration), .. own.Where(static source => source is not SealedSecretSource)],
            () => environments.Find(host.EnvironmentName) ?? new DeploymentEnvironment(host.EnvironmentName),
            services.GetRequiredService<IssuedSecrets>(),
            services.GetRequiredService<TimeProvider>(),
            MaskingLogger.Of<SecretResolver>(services));
    }

    internal static string MountedFolder(IServiceProvider services) =>
        services.GetRequiredService<IConfiguration>()[MountedSecretSource.FolderKey] is { Length: > 0 } path
            ? Path.GetFullPath(path, services.GetRequiredService<IHostEnvironment>().ContentRootPath)
            : MountedSecretSource.DefaultFolder;
}
