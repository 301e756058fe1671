using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Masking;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Configuration;

/// <summary>References inside larger values.</summary>
public sealed class EmbeddedReferenceTests : IDisposable
{
    private readonly SettingsApp _app = new() { Services = static services => services.AddSingleton<ISecretSource, Vault>() };

    public void Dispose() => _app.Dispose();

    public sealed class Options
    {
        public string Text { get; set; } = "";

        public int Number { get; set; }
    }

    [Theory]
    [InlineData("Server=db;Password=secret://pw", "Server=db;Password=Kq7canary9Zx")]
    [InlineData("Server=db;Password=secret://pw;Pooling=true", "Server=db;Password=Kq7canary9Zx;Pooling=true")]
    [InlineData("Server=db;Password=secret://evil;Pooling=true", "Server=db;Password=\"a;Server=attacker;b='\";Pooling=true")]
    [InlineData("Server=db;Password='secret://evil';Pooling=true", "Server=db;Password='a;Server=attacker;b=''';Pooling=true")]
    [InlineData("Password=secret://pw@previous;User=secret://user", "Password=old-Kq7canary9Zx;User=app")]
    [InlineData("Password=secret://pw@2", "Password=2-Kq7canary9Zx")]
    [InlineData("amqp://secret://user:secret://slash@rabbit.local:5672/", "amqp://app:a%2Fb%40c@rabbit.local:5672/")]
    [InlineData("redis.local:6379,password=secret://pw,ssl=true", "redis.local:6379,password=Kq7canary9Zx,ssl=true")]
    [InlineData("Bearer secret://pw", "Bearer Kq7canary9Zx")]
    [InlineData("see secret://pw.", "see Kq7canary9Zx.")]
    public void A_reference_inside_a_value_is_resolved(string value, string expected)
    {
        _app.Write("appsettings.json", $$"""{ "S": { "Text": "{{value}}" }, "ConnectionStrings": { "Main": "{{value}}" } }""");
        Assert.Equal(expected, _app.Bind<Options>("S").Text);
        var host = _app.Build(static _ => { });
        Assert.Equal(expected, ConnectionStringReader.Read(host.Services, "Main"));
    }

    [Fact]
    public void The_password_that_a_driver_reads_is_the_secret_whatever_stands_in_it()
    {
        foreach (var secret in (string[])["pw", "evil", "slash", "quotes", "user"])
        {
            var builder = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = SecretText.Compose($"Server=db;Password=secret://{secret};Pooling=true", static reference => Vault.Of(reference.Name, reference.Version)) };
            Assert.Equal((Vault.Of(secret, null), "db"), ((string)builder["Password"], (string)builder["Server"]));
        }
    }

    [Fact]
    public void A_secret_that_nobody_has_is_a_fault_of_the_value()
    {
        _app.Write("appsettings.json", """{ "S": { "Text": "Server=db;Password=secret://nobody" }, "ConnectionStrings": { "Main": "Server=db;Password=secret://nobody" } }""");
        var fault = Assert.Single(_app.Faults<Options>("S"));
        Assert.Equal(("DTK7022", "S:Text"), (fault.Code, fault.Key));
        var host = _app.Build(static _ => { });
        Assert.Equal("DTK7022", Assert.Throws<DeploymentException>(() => ConnectionStringReader.Read(host.Services, "Main")).Messages[0].Code);
    }

    [Fact]
    public void A_value_made_with_a_secret_is_shown_by_its_reference_and_told_by_nobody()
    {
        _app.Write("appsettings.json", """{ "S": { "Text": "Server=db;Password=secret://pw", "Number": "1secret://pw" } }""");
        var host = _app.Build(static d => d.AddValidatedOptions<Options>("S"));
        var faults = host.Services.GetRequiredService<Toolkit.Options.ConfigurationStore>().Current.Faults;
        Assert.Equal("S:Number", Assert.Single(faults).Key);
        Assert.DoesNotContain("canary", faults[0].ToString(), StringComparison.Ordinal);
        var shown = host.Services.GetRequiredService<ConfigurationInspector>().Show("S:Text");
        Assert.Equal("Server=db;Password=secret://pw", Assert.Single(shown).Value);
    }

    [Theory]
    [InlineData("Server=db;Password=secret://pw")]
    [InlineData("amqp://secret://user:secret://slash@rabbit.local:5672/")]
    public void It_leaves_the_process_masked_as_a_whole(string value)
    {
        _app.Write("appsettings.json", $$"""{ "S": { "Text": "{{value}}" } }""");
        var host = _app.Build(static d => d.AddValidatedOptions<Options>("S"));
        var text = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<Options>>().Value.Text;
        Assert.Equal("cannot reach *** now", host.Services.GetRequiredService<SecretRedactor>().Redact($"cannot reach {text} now"));
    }

    [Fact]
    public void A_clear_secret_beside_a_reference_stays_hidden()
    {
        _app.Write("appsettings.json", """{ "S": { "Text": "Password=inTheClear1;Pwd=secret://pw" } }""");
        var host = _app.Build(static d => d.AddValidatedOptions<Options>("S"));
        Assert.True(Assert.Single(host.Services.GetRequiredService<ConfigurationInspector>().Show("S:Text")).IsRedacted);
    }

    [Fact]
    public void A_thousand_references_end()
    {
        _app.Write("appsettings.json", $$"""{ "S": { "Text": "{{string.Concat(Enumerable.Repeat("secret://", 20_000))}}x secret://pw" } }""");
        Assert.InRange(_app.Faults<Options>("S").Count, 0, 2);
    }

    private sealed class Vault : ISecretSource
    {
        public string Name => "vault";

        public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Of(request.Name, request.Version) is { } value ? new SecretValue(new Secret(value)) : null);

        internal static string? Of(string name, string? version) => (name, version) switch
        {
            ("pw", "previous") => "old-Kq7canary9Zx",
            ("pw", "2") => "2-Kq7canary9Zx",
            ("pw", _) => "Kq7canary9Zx",
            ("evil", _) => "a;Server=attacker;b='",
            ("quotes", _) => "a\"b;'c\"",
            ("slash", _) => "a/b@c",
            ("user", _) => "app",
            _ => null,
        };
    }
}
