namespace Deployment.Toolkit.Tests.Configuration;

/// <summary>A slip in a setting of the toolkit's own would put a journal where nobody looks for it.</summary>
public sealed class ToolkitSettingsTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("Deployment:Diretory", "Deployment:Directory")]
    [InlineData("deployment:locktimout", "Deployment:LockTimeout")]
    [InlineData("Deployment:SecretDirectory", "Deployment:SecretsDirectory")]
    public async Task A_slip_is_refused_with_what_was_meant(string key, string meant)
    {
        _app.Settings[key] = "x";

        var refused = await _app.UpAsync();

        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        var message = Assert.Single(refused.Messages);
        Assert.Equal("DTK1001", message.Code);
        Assert.Contains($"Did you mean '{meant}'?", message.Text, StringComparison.Ordinal);
        Assert.Empty(_app.Tables());
    }

    [Theory]
    [InlineData("Deployment:BackupKey")]
    [InlineData("Deployment:JournalKey")]
    [InlineData("Deployment:IsolationKey")]
    [InlineData("Deployment:Region")]
    [InlineData("DEPLOYMENT:DIRECTORY")]
    public async Task What_an_app_keeps_beside_them_is_its_own(string key)
    {
        _app.Settings[key] = Path.Combine(_app.Folder, "kept");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
    }
}
