using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.DatabaseJournal;

/// <summary>
/// The sealed file is checked against the journal, and where the journal lies in a database the way to it, and its key, may be sealed in that file.
/// </summary>
public sealed class JournalBehindSecretsTests : IDisposable
{
    private readonly TestApp _app = new();
    private readonly SealedKey _key = SealedKey.GenerateRaw();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_app.Folder, SealedSecrets.FileName("Development"));

    public void Dispose()
    {
        _app.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task The_connection_string_and_the_journals_key_may_be_sealed()
    {
        await SealAsync();

        for (var release = 1; release <= 2; release++)
        {
            var result = await _app.UpAsync($"{release}.0.0").WaitAsync(TimeSpan.FromSeconds(60), Token);
            Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages));
        }

        Assert.True(File.Exists(_app.Database + ".deployment/journal.db"));
    }

    [Fact]
    public async Task An_older_sealed_file_is_found_though_the_way_to_the_journal_stands_in_it()
    {
        await SealAsync();
        var old = await File.ReadAllBytesAsync(FilePath, Token);
        using (var other = SealedKey.GenerateRaw())
        {
            var secrets = new SealedSecrets(FilePath, "Development", _key) { Root = Root };
            await secrets.AddRecipientAsync("other", other.PublicKey!, cancellationToken: Token);
            await secrets.RemoveRecipientAsync("other", cancellationToken: Token);
        }

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        await File.WriteAllBytesAsync(FilePath, old, Token);

        var result = await _app.UpAsync("2.0.0").WaitAsync(TimeSpan.FromSeconds(60), Token);

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Contains(result.Messages, static message => message.Text.Contains("Deploy the newer file", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_was_changed_is_said_once_though_the_way_to_the_journal_stands_in_it()
    {
        await SealAsync();
        var text = await File.ReadAllTextAsync(FilePath, Token);
        var at = text.IndexOf("\"Other\"", StringComparison.Ordinal);
        var sealedValue = System.Text.RegularExpressions.Regex.Match(text[at..], "[A-Za-z0-9+/_-]{20,}");
        var changed = text.ToCharArray();
        changed[at + sealedValue.Index + 10] = sealedValue.Value[10] == 'A' ? 'B' : 'A';
        await File.WriteAllTextAsync(FilePath, new string(changed), Token);

        var results = new[]
        {
            await _app.UpAsync().WaitAsync(TimeSpan.FromSeconds(60), Token),
            await _app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token)).WaitAsync(TimeSpan.FromSeconds(60), Token),
        };

        foreach (var message in results.SelectMany(static result => result.Messages))
        {
            Assert.True(message.Text.Split("could not be read: ").Length == 2, message.Text);
            Assert.Equal(2, message.Text.Split("Make the source answer").Length);
            Assert.Contains("secret 'Other' version 1 is not as it was sealed", message.Text, StringComparison.Ordinal);
        }
    }

    private string Root => new SealedSecrets(FilePath, "Development", _key).GetRoot();

    private async Task SealAsync()
    {
        await new SealedSecrets(FilePath, "Development", _key).InitializeAsync("test", _key, new SealedFileSettings { DevelopmentKey = "test.key" }, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(_app.Folder, "test.key"), _key.Export().Reveal(), Token);
        var secrets = new SealedSecrets(FilePath, "Development", _key) { Root = Root };
        await secrets.SetAsync("Way", new Secret($"Data Source={_app.Database};Pooling=False"), default, Token);
        await secrets.SetAsync("JournalKey", new Secret(new string('c', 64)), default, Token);
        await secrets.SetAsync("Other", new Secret("other-secret-value-1"), default, Token);
        _app.Settings["ConnectionStrings:App"] = "secret://Way";
        _app.Settings["Deployment:JournalKey"] = "secret://JournalKey";
        _app.Settings["Content:Key"] = "secret://Other";
        var root = Root;
        _app.Configure = deployment => deployment.AddSealedSecrets(sealedFiles => sealedFiles.Root(root)).ForJournal(static journal => journal.KeySetting = "Deployment:JournalKey");
    }
}
