using System;
using System.Net;
using System.Text;
using Deployment.Toolkit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Shop.Web;

[AttributeUsage(AttributeTargets.Class)]
public sealed class WebhookAttribute : Attribute
{
    public string? SecretName { get; set; }
}

[Webhook(SecretName = "webhook")]
public sealed class Keys(IConfiguration configuration, ILogger<Keys> logger)
{
    private static readonly byte[] s_pepper = Encoding.UTF8.GetBytes("not a secret, only salt");

    public string? Deploy => configuration["Jwt:DeployToken"];

    public string Signing => configuration["Jwt:SigningKey"] ?? throw new InvalidOperationException("Jwt:SigningKey is not set.");

    public NetworkCredential Relay { get; } = new("relay", configuration["Mail:Password"]);

    public SymmetricSecurityKey Tokens { get; } = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(configuration["Jwt:SigningKey"] ?? ""));

    public int PepperLength => s_pepper.Length;

    public void Show(Secret secret, PaymentOptions payment)
    {
        logger.LogDebug("Key {Key}", secret);
        logger.LogInformation("Payment in {Currency}", payment.Currency);
        Console.WriteLine("Key: " + (payment.ApiKey is null ? "not set" : "set"));
    }
}
