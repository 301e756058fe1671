using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Notifications;
using Deployment.Toolkit.Secrecy;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit;

/// <summary>Who hears how runs end.</summary>
public static class NotificationDeploymentExtensions
{
    /// <summary>Tells an observer of your own.</summary>
    /// <typeparam name="TObserver">The observer, made with the app's services, in a scope of its own, whenever there is something to
    /// tell, and by <c>deploy check</c> and <c>plan</c>, which say when it can't be.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddObserver<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TObserver>(
        this DeploymentBuilder builder
    )
        where TObserver : DeploymentObserver
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Add(builder, typeof(TObserver).FullName!, "", static services => ActivatorUtilities.CreateInstance<TObserver>(services));
    }

    /// <summary>Posts CDEvents in CloudEvents (structured JSON) to an address.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">What reports call the receiver.</param>
    /// <param name="setting">The setting that holds the address, or refers to a secret that does.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddWebhook(this DeploymentBuilder builder, string name, string setting) =>
        AddPosted(
            builder,
            nameof(AddWebhook),
            name,
            setting,
            static (services, setting) => new WebhookReceiver(services, setting, PostedForm.CloudEvent)
        );

    /// <summary>Posts messages to an incoming webhook of Slack.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">What reports call the receiver.</param>
    /// <param name="setting">The setting that holds the address, or refers to a secret that does: whoever has it may post.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddSlack(this DeploymentBuilder builder, string name, string setting) =>
        AddPosted(
            builder,
            nameof(AddSlack),
            name,
            setting,
            static (services, setting) => new WebhookReceiver(services, setting, PostedForm.Slack)
        );

    /// <summary>Posts adaptive cards to a workflow of Teams.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">What reports call the receiver.</param>
    /// <param name="setting">The setting that holds the address, or refers to a secret that does: whoever has it may post.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddTeams(this DeploymentBuilder builder, string name, string setting) =>
        AddPosted(
            builder,
            nameof(AddTeams),
            name,
            setting,
            static (services, setting) => new WebhookReceiver(services, setting, PostedForm.Teams)
        );

    /// <summary>Sends mail over SMTP.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">What reports call the receiver.</param>
    /// <param name="configure">Says by which server, from whom and to whom.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddMail(this DeploymentBuilder builder, string name, Action<MailReceiverOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new MailReceiverOptions();
        configure(options);
        if (options.Host.Length == 0 || options.From.Length == 0 || options.To.Count == 0)
            throw new ArgumentException("Mail needs a Host, a From and somebody in To.", nameof(configure));
        builder.Registrations.Of<DeclaredSecrets>().Add(options.PasswordSetting);
        return Add(builder, name, options.Key, services => new MailReceiver(services, options));
    }

    private static DeploymentBuilder AddPosted(
        DeploymentBuilder builder,
        string call,
        string name,
        string setting,
        Func<IServiceProvider, string, DeploymentObserver> create
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(setting);
        builder.Registrations.Of<DeclaredSecrets>().Add(setting);
        return Add(builder, name, $"{call} {setting}", services => create(services, setting));
    }

    private static DeploymentBuilder Add(
        DeploymentBuilder builder,
        string name,
        string said,
        Func<IServiceProvider, DeploymentObserver> create
    )
    {
        if (
            builder.Declarations.Add(
                "observer:" + name,
                $"Receiver '{name}'",
                "AddWebhook, AddSlack, AddTeams, AddMail and AddObserver",
                new Registration.Declared("what it is", null, said)
            )
        )
            builder.Registrations.Of<List<ObserverRegistration>>().Add(new ObserverRegistration(name, create));
        return builder;
    }
}
