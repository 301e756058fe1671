using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.KillApp;

internal sealed class FileActivator(IHostEnvironment host, SealedSecrets secrets) : ReleaseActivator
{
    private readonly string _file = Path.Combine(host.ContentRootPath, "live.txt");

    public override string Description => "write live.txt";

    public override Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken)
    {
        // What starts now reads its secret now.
        if (secrets.Exists) FileIssuer.Replace(Path.Combine(host.ContentRootPath, "read.txt"), secrets.Get(FileIssuer.Secret, cancellationToken: cancellationToken).Reveal());
        File.WriteAllText(_file + ".tmp", release.ToString());
        File.Move(_file + ".tmp", _file, overwrite: true);
        return Task.CompletedTask;
    }

    public override Task<Release?> CurrentAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(File.Exists(_file) ? Release.Parse(File.ReadAllText(_file)) : null);
}
