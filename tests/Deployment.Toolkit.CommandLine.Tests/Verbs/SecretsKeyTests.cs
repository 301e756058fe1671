using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>What 'secrets key' shows is the key that everything is signed with, wherever that lies.</summary>
public sealed class SecretsKeyTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();
    private readonly SealedKey _key = SealedKey.Generate();
    private readonly Dictionary<string, string> _variables = [];

    public SecretsKeyTests() => _app.ConfigureHost = builder => builder.Services.AddSingleton(KeyRing.Of(_variables, Folder));

    private string Folder => Path.Combine(_app.Root, "keys");

    public void Dispose()
    {
        _app.Dispose();
        _key.Dispose();
    }

    [Theory]
    [InlineData(KeyRing.KeyVariable)]
    [InlineData(KeyRing.KeyFileVariable)]
    [InlineData(null)]
    public async Task Whichever_key_signs_is_shown_and_no_other_is_made(string? variable)
    {
        var file = variable == KeyRing.KeyFileVariable ? Path.Combine(_app.Root, "ci.key") : Path.Combine(Folder, "me.key");
        using var other = SealedKey.Generate();
        // Of several in the variable the first one signs.
        if (variable == KeyRing.KeyVariable) _variables[variable] = _key.Export().Reveal() + "\n" + other.Export().Reveal();
        else await KeyFile.WriteAsync(file, _key.Export(), isPublished: false, TestContext.Current.CancellationToken);
        if (variable == KeyRing.KeyFileVariable) _variables[variable] = file;

        var ran = await _app.RunAsync("secrets", "key");
        var json = await _app.RunAsync("secrets", "key", "--output", "json");

        Assert.Equal(0, ran.ExitCode);
        Assert.Contains(variable switch { KeyRing.KeyVariable => "The private key is in variable DEPLOYMENT_SECRETS_KEY.", KeyRing.KeyFileVariable => $"The private key is in {file}, which DEPLOYMENT_SECRETS_KEY_FILE names.", _ => $"The private key is in {file}." }, PromotionCase.Flat(ran).Out, StringComparison.Ordinal);
        Assert.Equal(_key.PublicKey, json.Json.GetProperty("recipients")[0].GetProperty("publicKey").GetString());
        Assert.False(File.Exists(Path.Combine(Folder, "default.key")));
    }

    [Fact]
    public async Task A_file_that_is_named_and_missing_is_refused_and_no_other_key_is_made()
    {
        _variables[KeyRing.KeyFileVariable] = Path.Combine(_app.Root, "gone.key");

        foreach (var verb in (string[][])[["secrets", "key"], ["secrets", "init", "--environment", "Production"]])
        {
            var ran = await _app.RunAsync(verb);
            Assert.Equal(2, ran.ExitCode);
            Assert.Contains($"Key file '{_variables[KeyRing.KeyFileVariable]}' can't be read", PromotionCase.Flat(ran).Out, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task The_key_that_a_variable_names_is_the_first_recipient_of_a_new_file()
    {
        _variables[KeyRing.KeyVariable] = _key.Export().Reveal();

        var made = await _app.RunAsync("secrets", "init", "--environment", "Production");
        var list = await _app.RunAsync("secrets", "recipients", "list", "--environment", "Production", "--output", "json");

        Assert.True(made.ExitCode == 0, made.Out);
        Assert.Equal(_key.PublicKey, list.Json.GetProperty("recipients")[0].GetProperty("publicKey").GetString());
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Where_there_is_no_key_one_is_made_and_shown_from_then_on()
    {
        var made = await _app.RunAsync("secrets", "key", "--output", "json");
        var shown = await _app.RunAsync("secrets", "key", "--output", "json");

        Assert.True(File.Exists(Path.Combine(Folder, "default.key")), made.Out);
        Assert.Equal(made.Json.GetProperty("recipients")[0].GetProperty("publicKey").GetString(), shown.Json.GetProperty("recipients")[0].GetProperty("publicKey").GetString());
    }
}
