using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Secrets.Masking;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Secrecy;

/// <summary>What the app names as a setting that holds a secret is one, whatever it is called and looks like.</summary>
public sealed class DeclaredSecretsTests : IDisposable
{
    private const string Value = "https://hooks.shop.net/T1/canary-of-the-app";

    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    public static TheoryData<string, Action<DeploymentBuilder>> Calls => new()
    {
        { nameof(NotificationDeploymentExtensions.AddWebhook), static deployment => deployment.AddWebhook("ops", "Own:Place") },
        { nameof(NotificationDeploymentExtensions.AddSlack), static deployment => deployment.AddSlack("ops", "Own:Place") },
        { nameof(NotificationDeploymentExtensions.AddTeams), static deployment => deployment.AddTeams("ops", "Own:Place") },
        {
            nameof(NotificationDeploymentExtensions.AddMail), static deployment => deployment.AddMail("ops", static m =>
            {
                (m.Host, m.From, m.PasswordSetting) = ("localhost", "a@example.org", "Own:Place");
                m.To.Add("b@example.org");
            })
        },
        { nameof(DependencyDeploymentExtensions.AddHttpDependency), static deployment => deployment.AddHttpDependency("provider", "Provider:Endpoint", static h => h.Credential = "Own:Place") },
        { nameof(BackupDeploymentExtensions.ConfigureBackups), static deployment => deployment.ConfigureBackups(static b => b.KeySetting = "Own:Place") },
        { nameof(JournalDatabaseExtensions.ForJournal), static deployment => deployment.ForJournal(static j => j.KeySetting = "Own:Place") },
        { nameof(IsolationDeploymentExtensions.AddIsolation), static deployment => deployment.AddIsolation(static i => i.KeyFrom("Own:Place")) },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void It_is_shown_nowhere_and_masked_everywhere(string call, Action<DeploymentBuilder> register)
    {
        _app.Settings["Own:Place"] = Value;
        _app.Settings["Own:Other"] = "https://www.example.org/T1/page-of-the-app";
        _app.Configure = register;
        using var host = _app.Build();
        var inspector = host.Services.GetRequiredService<ConfigurationInspector>();

        var shown = inspector.Show("Own", all: true).ToDictionary(static value => value.Key);
        Assert.True(shown["Own:Place"] is { Value: null, IsRedacted: true }, call);
        Assert.False(shown["Own:Other"].IsRedacted);
        Assert.DoesNotContain("canary", inspector.Explain("own:place").ToString(), StringComparison.Ordinal);
        Assert.Equal("posts to *** and https://www.example.org/T1/page-of-the-app", host.Services.GetRequiredService<SecretRedactor>().Redact($"posts to {Value} and {_app.Settings["Own:Other"]}"));
    }

    [Theory]
    [InlineData("appsettings.json", """{ "Own": { "Place": "https://hooks.shop.net/T1/canary-of-the-app" } }""", true)]
    [InlineData(".env", "Own__Place=https://hooks.shop.net/T1/canary-of-the-app\n", true)]
    [InlineData("launchSettings.json", """{ "profiles": { "App": { "environmentVariables": { "Own__Place": "https://hooks.shop.net/T1/canary-of-the-app" } } } }""", true)]
    [InlineData("appsettings.json", """{ "Own": { "Place": "secret://own-place" } }""", false)]
    [InlineData("appsettings.json", """{ "Own": { "Place": "http://127.0.0.1:9000/hook" } }""", false)]
    [InlineData("appsettings.json", """{ "Own": { "Place": "REPLACE_ME" } }""", false)]
    public void It_is_found_in_the_clear(string file, string content, bool isFound)
    {
        var declared = new DeclaredSecrets();
        declared.Add("Own:Place");
        File.WriteAllText(Path.Combine(_app.Folder, file), content);

        var found = ClearTextScan.Find(_app.Folder, declared);

        Assert.Equal(isFound, found.Count == 1);
        Assert.All(found, static message => Assert.DoesNotContain("canary", message.ToString(), StringComparison.Ordinal));
    }
}
