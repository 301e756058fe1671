using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Secrets.Masking;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Tests.Secrecy;

/// <summary>
/// What is found in files, masked in texts and hidden where configuration is shown: one judgement, over the same names and values. The
/// analyzers are built from the same sources.
/// </summary>
public sealed class OneJudgementTests
{
    [Theory]
    [InlineData("Smtp:Password", "hunter2")]
    [InlineData("Ftp:Pass", "summer24")]
    [InlineData("Ftp:Pw", "w1nter")]
    [InlineData("Door:Passcode", "483920")]
    [InlineData("dbpassword", "hunter2")]
    [InlineData("Jwt:SecretKey", "a0b1c2d3e4f5a6b7c8d9")]
    [InlineData("Jwt:Key", "a0b1c2d3e4f5a6b7c8d9")]
    [InlineData("Partner:Key", "pK8vQ2zL9xT4mW7rB1nC")]
    [InlineData("Partner:LookupCode:Token", "Zq8Kx2Lm9Vb4Nn7Rt5Yp")]
    [InlineData("Gateway:Auth", "f3a91c7be04d4e52a6b8c9d0e1f2a3b4")]
    [InlineData("Gateway:Authorization", "Basic YWRtaW46a1U4bVEydkx4OQ==")]
    [InlineData("Clients:0:ClientSecrets:1", "f3a91c7be04d4e52a6b8c9d0e1f2a3b4")]
    [InlineData("Any:Name", "ghp_a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8")]
    public async Task A_secret_is_found_and_hidden_and_by_its_name_masked(string key, string value)
    {
        Assert.True(SecretValues.IsSecret(key, value));
        Assert.Single(await ScanAsync(key, value));
        Assert.True(Shown().Hides(key, value));
        if (SecretNames.Of(key) != SecretName.None)
            Assert.DoesNotContain(value, Redactor(key, value).Redact($"what came back: {value}."), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cache:Key", "products:all")]
    [InlineData("Gateway:Auth", "Bearer")]
    [InlineData("Gateway:Token", "csrf")]
    [InlineData("Cosmos:PartitionKey", "/tenantId")]
    [InlineData("Admin:PasswordHash", "5f4dcc3b5aa765d61d8327deb882cf99")]
    [InlineData("Texts:ForgotPassword", "Forgot it?")]
    [InlineData("Oidc:ClientId", "f3a91c7b-e04d-4e52-a6b8-c9d0e1f2a3b4")]
    [InlineData("Smtp:Password", "#{SmtpPassword}#")]
    public async Task What_only_looks_like_one_is_not_found(string key, string value)
    {
        Assert.False(SecretValues.IsSecret(key, value));
        Assert.Empty(await ScanAsync(key, value));
    }

    [Theory]
    [InlineData("Cache:Key", "products:all")]
    [InlineData("Admin:HashedPassword", "5f4dcc3b5aa765d61d8327deb882cf99")]
    [InlineData("Stripe:PublicKey", "pk_shop")]
    public void In_doubt_a_value_is_hidden_but_no_text_is_masked_for_it(string key, string value)
    {
        Assert.True(Shown().Hides(key, value));
        Assert.Contains(value, Redactor(key, value).Redact($"there is no {value}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Paging:Size", "20")]
    [InlineData("Oidc:TokenEndpoint", "https://login.example.com/token")]
    [InlineData("Jwt:TokenLifetime", "00:30:00")]
    [InlineData("PWD", "/srv/app")]
    public void What_says_nothing_of_secrets_is_shown(string key, string value) => Assert.False(Shown().Hides(key, value));

    private static async Task<IReadOnlyList<DeploymentMessage>> ScanAsync(string key, string value)
    {
        var folder = Directory.CreateTempSubdirectory("dtk-judge-").FullName;
        try
        {
            var json = System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { [key] = value });
            await File.WriteAllTextAsync(Path.Combine(folder, "appsettings.json"), json, TestContext.Current.CancellationToken);
            return ClearTextScan.Find(folder, new DeclaredSecrets());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ConfigurationSecrecy Shown() => new(new OwnedSections(), new DeclaredSecrets(), static text => text);

    private static SecretRedactor Redactor(string key, string value) =>
        new(new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build());
}
